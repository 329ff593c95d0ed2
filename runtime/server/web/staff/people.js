// Who works here.
import { call, complain, el, field, form, show, view, words } from './ui.js'

const link = (token) => el('p', {}, 'Give this link to them; it works once, for three days: ',
  el('span', { class: 'secret', id: 'link' }, `${location.origin}/staff/accept#${token}`))

const roles = ['admin', 'clinician', 'compliance', 'coordinator', 'operator']

const edit = (i, p, again) => form({
  title: p.name, button: 'Save', level: 'h3', cancel: again, fields: [
    field('roles', `Roles, with spaces between: ${roles.join(', ')}`, { value: p.roles.join(' '), autocomplete: 'off' }),
    field('teams', 'Teams, with spaces between', { value: p.teams.join(' '), required: false, autocomplete: 'off' }),
    field('left', 'No longer works here', { type: 'checkbox', required: false, ...(p.left && { checked: true }) }),
  ],
}, async ({ roles, teams, left }) => { await call('POST', `/people/${p.id}`, { roles, teams, left: left === 'on' }); again() })

export const people = async (i) => {
  if (!i.may.includes('people.manage')) { view(); return show(el('p', { class: 'hint' }, 'There is nothing here for your role yet.')) }
  const still = view()
  let list
  try {
    list = (await call('GET', '/people')).people
  } catch (error) { return complain(error.message) }
  if (!still()) return
  const again = () => people(i)
  const act = (fn) => async () => { try { await fn() } catch (error) { complain(error.message) } }
  const row = (p) => {
    const li = el('li', {}, el('span', { class: 'what' }, el('b', {}, p.name), ` ${p.email}`,
      el('span', { class: 'meta' }, [p.roles.join(', '), p.teams.map(words).join(', '), p.left && 'left'].filter(Boolean).join(' · '))),
    el('button', { onclick: () => { li.replaceChildren(edit(i, p, again)); li.querySelector('input').focus() } }, 'Change'),
    el('button', { onclick: act(async () => { const { token } = await call('POST', `/people/${p.id}/link`); li.append(link(token)) }) }, 'New link'),
    el('button', { onclick: act(async () => { await call('POST', `/people/${p.id}/sign-out`); complain(`${p.name} is signed out everywhere.`) }) }, 'Sign out'))
    return li
  }
  const invite = form({
    title: 'Invite somebody', hint: `Roles: ${roles.join(', ')}. Teams: ${i.all_teams.join(', ')}.`, button: 'Invite', fields: [
      field('name', 'Name', { autocomplete: 'off' }), field('email', 'E-mail', { type: 'email', autocomplete: 'off' }),
      field('roles', 'Roles, with spaces between', { autocomplete: 'off' }),
      field('teams', 'Teams, with spaces between', { required: false, autocomplete: 'off' }),
    ],
  }, async (v) => { const { token } = await call('POST', '/people', v); invite.after(link(token)) })
  show(el('h2', {}, 'People'), el('ol', { class: 'queue people' }, ...list.map(row)), invite)
}
