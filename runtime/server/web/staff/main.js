// The staff pages: who is here, where they can go, and when they have gone.
import { announce, call, complain, el, show, view, whenStranger } from './ui.js'
import { accept, newPassword, setUp, signIn, train, whenIn } from './door.js'
import { queue, search } from './inbox.js'
import { leave, open } from './conversation.js'
import { people } from './people.js'
import { listen } from './keys.js'
import { places } from './places.js'
import { askToNotify, canNotify } from './notify.js'

const ways = document.getElementById('ways')
const me = document.getElementById('me')
const strangers = me.textContent
let i // who is here; undefined for nobody

const out = (hint) => {
  i = undefined
  me.textContent = strangers
  ways.replaceChildren()
  signIn(hint)
}
whenStranger(() => out())

const start = async () => {
  i = await call('GET', '/me')
  await train(home)
}
whenIn(() => start().catch((error) => complain(error.message)))

const home = async () => {
  i = await call('GET', '/me')
  const may = (action) => i.may.includes(action)
  me.textContent = `${i.name} · ${i.roles.join(', ')}`
  const to = (label, go) => el('button', { onclick: () => { leave(); go(i) } }, label)
  ways.replaceChildren(...[
    may('queue.view') && to('Queue', queue), may('transcript.search') && to('Search', search), may('people.manage') && to('People', people),
    may('transcript.search') && el('a', { href: '/staff/questions' }, 'Questions'),
    may('figures.view') && el('a', { href: '/staff/figures' }, 'Figures'), may('audit.view') && el('a', { href: '/staff/evidence' }, 'Evidence'),
    may('queue.view') && canNotify() && el('button', { onclick: async (e) => { await askToNotify(); e.target.remove() } }, 'Notify me'),
    el('button', { onclick: () => help() }, 'Keys'),
    el('button', { onclick: () => { leave(); newPassword() } }, 'Password'),
    to('Sessions', places),
    el('button', { onclick: async () => { leave(); await call('POST', '/sign-out'); out() } }, 'Sign out'),
  ].filter(Boolean))
  const asked = location.hash.match(/^#\/c\/([\w-]+)$/)
  if (asked) { history.replaceState(null, '', '/staff'); return open(i, asked[1]) }
  if (may('queue.view')) return queue(i)
  if (may('people.manage')) return people(i)
  view()
  show(el('p', { class: 'hint' }, 'There is nothing here for your role.'))
}

const help = listen({ queue: () => i?.may.includes('queue.view') && queue(i), search: () => i?.may.includes('transcript.search') && search(i) })

// After a quarter of an hour without use the server ends the session; what is on the screen goes with it. Reading is use too, of which
// the server hears once a minute.
const idle = 15 * 60000
let used = Date.now()
let told = Date.now()
for (const kind of ['keydown', 'pointerdown', 'wheel']) addEventListener(kind, () => { used = Date.now() }, { passive: true })
setInterval(() => {
  if (!i) return
  const rest = idle - (Date.now() - used)
  if (rest <= 0) { call('POST', '/sign-out').catch(() => {}); return out('You were signed out after 15 minutes without use.') }
  if (rest <= 60000) announce('You will be signed out in a minute.')
  if (used > told && Date.now() - told > 60000) { told = Date.now(); call('GET', '/me').catch(() => {}) }
}, 5000)

const token = location.hash.slice(1)
if (location.pathname === '/staff/set-up' && token) setUp(token)
else if (location.pathname === '/staff/accept' && token) accept(token)
else start().catch((error) => { if (error.status !== 401) complain(error.message) })
