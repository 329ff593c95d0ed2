// Where one is signed in, and the end of what one does not know.
import { call, complain, el, show, time, view } from './ui.js'

export const places = async () => {
  const still = view()
  let list
  try {
    list = (await call('GET', '/sessions')).sessions
  } catch (error) { return complain(error.message) }
  if (!still()) return
  const end = (id) => async () => {
    try { await call('POST', `/sessions/${id}/end`); await places() } catch (error) { complain(error.message) }
  }
  const row = (p) => el('li', {}, el('span', { class: 'what' }, el('b', {}, p.browser), ` ${p.network}`,
    el('span', { class: 'meta' }, `since ${time(p.began)} · used ${time(p.seen)}${p.current ? ' · this one' : ''}`)),
  !p.current && el('button', { onclick: end(p.id) }, 'Sign out'))
  show(el('h2', {}, 'Where you are signed in'),
    el('p', { class: 'hint' }, 'What you do not know is not you: end it, and choose a new password.'),
    el('ol', { class: 'queue people' }, ...list.map(row)),
    list.length > 1 && el('div', { class: 'acts' }, el('button', { class: 'main', onclick: end('others') }, 'Sign out everywhere else')))
}
