// The queue, and searching in what is past.
import { announce, call, complain, day, desk, el, every, field, form, language, minutes, show, since, time, view, words } from './ui.js'
import { open } from './conversation.js'
import { news } from './notify.js'

const urgencies = { emergency: 'Emergency', 'urgent-clinical': 'Urgent', routine: 'Routine' }
const reasons = { human: 'asked for a person', retries: 'did not get on', state: 'the flow leads to people', staff: 'taken by people', fault: 'a fault of the assistant' }
export const because = (reason) => reasons[reason] || words(reason || '').replaceAll(',', ', ')
const states = { assistant: 'with the assistant', waiting: 'waiting', human: 'taken', closed: 'closed' }

export const urgency = (c) => urgencies[c.urgency] || words(c.urgency || '')

// clock says how long somebody waits by what counts, in words; the colour only repeats it.
export const clock = (c) => {
  if (!c.asked) return undefined
  if (c.answered) return el('span', { class: 'clock' }, `answered after ${minutes(c.waited_minutes)}`)
  if (c.late) return el('span', { class: 'clock late' }, `late: ${minutes(c.waited_minutes)} of ${c.target_minutes}`)
  if (c.waited_minutes === 0 && c.due && new Date(c.due) - Date.now() > (c.target_minutes + 5) * 60000) {
    return el('span', { class: 'clock' }, `the team is closed; answer due ${time(c.due)}`)
  }
  return el('span', { class: 'clock' }, `${c.waited_minutes} of ${c.target_minutes} min`)
}

const row = (i, c) => el('li', { class: c.urgency || 'routine', 'data-id': c.conversation },
  el('span', { class: 'what' },
    el('b', {}, urgency(c) || words(c.control)), ` ${c.flow_name}`, ' ', clock(c),
    el('span', { class: 'meta' }, [
      c.team && words(c.team), c.holder ? (c.holder === i.id ? 'yours' : `taken by ${c.holder_name || 'somebody'}`) : states[c.control],
      because(c.reason), c.outcome && words(c.outcome), `heard ${since(c.heard)} ago`, c.flagged && 'flagged',
      c.lang !== 'en' && language(c.lang),
    ].filter(Boolean).join(' · '))),
  el('button', { onclick: () => open(i, c.conversation) }, 'Open'))

// order: what is late or an emergency first, then what is due first.
const order = (a, b) => rank(a) - rank(b) || (a.due || '~').localeCompare(b.due || '~')
const rank = (c) => (c.holder ? 4 : 0) + ({ emergency: 0, 'urgent-clinical': 1 }[c.urgency] ?? 2)

let team = ''
let known // the last queue that was shown, for the side of a conversation
let more = 0 // that it left out
let old = false
export const stale = () => { old = true } // what is known has just been changed

const filters = (i, list, again) => {
  const teams = [...new Set(list.map((c) => c.team).filter(Boolean).concat(i.teams))].sort()
  const select = field('team', 'Show', { options: [['', 'All teams'], ['mine', 'Mine'], ...teams.map((t) => [t, words(t)])], onchange: (e) => { team = e.target.value; again() } })
  select.querySelector('select').value = team
  return el('div', { class: 'filters' }, select)
}

const shown = (i, list) => list.filter((c) => !team || (team === 'mine' ? c.holder === i.id : c.team === team)).sort(order)

const draw = (i, list) => {
  const rows = shown(i, list)
  return el('section', { class: 'list', 'aria-label': 'Queue' },
    el('h2', {}, 'Queue'), filters(i, list, () => redraw(i)),
    rows.length ? el('ol', { class: 'queue' }, ...rows.map((c) => row(i, c))) : el('p', { class: 'hint' }, 'Nobody is waiting.'),
    more ? el('p', { class: 'hint' }, `${more} more wait, less urgently or not as long.`) : undefined)
}

const redraw = (i) => {
  const at = desk.querySelector('.list')
  if (!at || !known) return
  const focus = document.activeElement?.closest('.queue li')?.dataset.id
  const inFilter = at.querySelector('select') === document.activeElement
  at.replaceWith(draw(i, known))
  if (focus) desk.querySelector(`.queue li[data-id="${focus}"] button`)?.focus()
  if (inFilter) desk.querySelector('.list select').focus()
  mark()
}

// mark shows which conversation is open beside the list.
export const mark = () => {
  const id = desk.querySelector('.pane')?.dataset.id
  for (const li of desk.querySelectorAll('.list .queue li')) li.classList.toggle('open', li.dataset.id === id)
}

const load = async (background) => {
  const answer = await call('GET', '/queue', undefined, { background })
  known = answer.conversations
  more = answer.more
  old = false
  news(known)
  return known
}

export const queue = async (i) => {
  const still = view()
  try {
    await load(false)
    if (!still()) return
    show(el('div', { class: 'inbox' }, draw(i, known)))
    every(soon, () => refresh(i, still))
  } catch (error) { complain(error.message) }
}

// Who begins to wait is told of within five seconds. What is the same is not drawn again: it would close what is just being chosen.
const soon = 4
let drawn = ''
const refresh = async (i, still) => {
  try {
    const before = known.length
    await load(true)
    if (!still()) return
    const now = JSON.stringify(known) + Math.floor(Date.now() / 60000)
    if (now !== drawn) redraw(i)
    drawn = now
    if (known.length > before) announce('The queue has grown.')
  } catch (error) { if (still()) complain(error.message) }
}

// beside is the queue next to an open conversation, where there is room for it.
export const beside = (i, still) => {
  every(soon, () => refresh(i, still))
  if (!known || old) load(true).then(() => still() && redraw(i)).catch(() => {})
  return draw(i, known || [])
}

export const search = (i) => {
  const still = view()
  const found = el('div', { 'aria-live': 'polite' })
  const optional = { required: false, autocomplete: 'off' }
  const f = form({
    title: 'Search', hint: 'By the day a conversation began. A search by name opens the conversations of these days; the trail says that you did.', button: 'Search',
    fields: [
      field('from', 'From', { type: 'date', value: day(7) }), field('to', 'To', { type: 'date', value: day() }),
      field('state', 'State', { options: [['', 'any'], ...Object.entries(states)] }),
      field('team', 'Team', { options: [['', 'any'], ...i.all_teams.map((t) => [t, words(t)])] }),
      field('outcome', 'Outcome, if any', optional),
      field('name', "The patient's name, or its beginning", optional),
      field('flagged', 'Only where a patient volunteered protected data', { type: 'checkbox', required: false, value: 'on' }),
    ],
  }, async ({ flagged, ...v }) => {
    const asked = Object.fromEntries(Object.entries(v).filter(([, value]) => value))
    const { conversations: list, more } = await call('POST', '/search', { ...asked, ...(flagged && { flagged: true }) })
    if (!still()) return
    found.replaceChildren(list.length ? el('ol', { class: 'queue' }, ...list.map((c) => row(i, c))) : el('p', { class: 'hint' }, 'Nothing was found.'),
      ...(more ? [el('p', { class: 'hint' }, 'There is more: narrow the days.')] : []))
  })
  f.className = 'search'
  show(f, found)
}
