// Who works here.
import { boxes, call, complain, el, field, form, show, view, words } from './ui.js'

const link = (token) => el('p', {}, 'Give this link to them; it works once, for three days: ',
  el('span', { class: 'secret', id: 'link' }, `${location.origin}/staff/accept#${token}`))

const roles = [
  ['coordinator', 'Coordinator: answers patients, sees names and contact data'], ['clinician', 'Clinician: answers patients, sees health data too'],
  ['compliance', 'Compliance: reviews, signs, sees content for a reason only'], ['admin', 'Admin: manages people and flows, sees no patient'],
  ['operator', 'Operator: runs the server, sees no patient'],
]
const teams = (i) => i.all_teams.map((t) => [t, words(t)])

// chosen is what a form gave, of which at least one role must be ticked.
const chosen = ({ roles, teams = '', ...rest }) => {
  if (!roles) throw new Error('Tick at least one role.')
  return { roles, teams, ...rest }
}

const edit = (i, p, again) => form({
  title: p.name, button: 'Save', level: 'h3', cancel: again, fields: [
    boxes('roles', 'Roles', roles, p.roles), boxes('teams', 'Teams', teams(i), p.teams),
    field('left', 'No longer works here', { type: 'checkbox', required: false, ...(p.left && { checked: true }) }),
  ],
}, async (v) => { const { left, ...rest } = chosen(v); await call('POST', `/people/${p.id}`, { ...rest, left: left === 'on' }); again() })

export const people = async (i, ...said) => {
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
  show(el('h2', {}, 'People'), ...said, el('ol', { class: 'queue people' }, ...list.map(row)), form({
    title: 'Invite somebody', button: 'Invite', fields: [
      field('name', 'Name', { autocomplete: 'off' }), field('email', 'E-mail', { type: 'email', autocomplete: 'off' }),
      boxes('roles', 'Roles', roles), boxes('teams', 'Teams', teams(i)),
    ],
  }, async (v) => { const { token } = await call('POST', '/people', chosen(v)); await people(i, link(token)) }))
}
