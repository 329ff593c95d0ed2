// Signing in, the first account, and the courses that come before a role is in effect.
import { call, el, field, form, show, view } from './ui.js'

const password = { type: 'password', autocomplete: 'new-password', minlength: 12 }
const email = { type: 'email', autocomplete: 'username' }
const oneTime = { inputmode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9 ]{6,7}' }

let entered = () => {}
export const whenIn = (fn) => { entered = fn }

// step goes on to what is missing.
const step = ({ stage }) => {
  history.replaceState(null, '', '/staff')
  if (stage === 'in') return entered()
  if (stage === 'code') return code()
  return enrol()
}

const ask = (question, send) => { view(); show(form(question, send)) }

export const setUp = (token) => ask({
  title: 'The first account', hint: 'It manages people and owns the policy.', button: 'Go on',
  fields: [field('name', 'Your name', { autocomplete: 'name' }), field('email', 'E-mail', email), field('password', 'Password, at least 12 characters', password)],
}, async (v) => step(await call('POST', '/set-up', { token, ...v })))

export const accept = (token) => ask({
  title: 'Welcome', hint: 'Choose your password.', button: 'Go on', fields: [field('password', 'Password, at least 12 characters', password)],
}, async (v) => step(await call('POST', '/accept', { token, ...v })))

export const signIn = (hint) => ask({
  title: 'Sign in', hint, button: 'Sign in',
  fields: [field('email', 'E-mail', email), field('password', 'Password', { type: 'password', autocomplete: 'current-password' })],
}, async (v) => step(await call('POST', '/sign-in', v)))

export const newPassword = () => ask({
  title: 'A new password', hint: 'You stay signed in here and are signed out everywhere else.', button: 'Change it',
  fields: [field('current', 'Password until now', { type: 'password', autocomplete: 'current-password' }), field('password', 'New password, at least 12 characters', password)],
}, async (v) => step(await call('POST', '/password', v)))

const code = () => ask({
  title: 'One-time code', hint: 'Your authenticator app shows it.', button: 'Sign in', fields: [field('code', 'Six digits', oneTime)],
}, async (v) => step(await call('POST', '/sign-in/code', v)))

const enrol = async () => {
  view()
  const { secret, url } = await call('POST', '/codes/offer')
  show(el('p', {}, 'Add this secret to an authenticator app, or ', el('a', { href: url }, 'open the app'), ':'),
    el('p', { class: 'secret', id: 'secret' }, secret),
    form({ title: 'A second factor', hint: 'Then type the code that the app shows.', button: 'Go on', fields: [field('code', 'Six digits', oneTime)] },
      async (v) => step(await call('POST', '/codes', v))))
}

// train shows the courses that are outstanding, one after the other, then goes on.
export const train = async (then) => {
  const { courses } = await call('GET', '/training')
  if (courses.length === 0) return then()
  const [c] = courses
  ask({
    title: c.title, hint: `Before you work as ${c.role}: please read this.`, button: 'I will keep to this',
    fields: [el('ul', { class: 'course' }, ...c.points.map((p) => el('li', {}, p))),
      field('read', 'I have read every point', { type: 'checkbox' })],
  }, async () => { await call('POST', '/training', { role: c.role, version: c.version }); await train(then) })
}
