// Shortcuts of the keyboard. They can be turned off (WCAG 2.2, 2.1.4), and never act while something is being written.
import { desk, el } from './ui.js'
import { acts } from './conversation.js'

const press = (selector) => () => desk.querySelector(selector)?.click()
const focus = (selector) => () => desk.querySelector(selector)?.focus()
const labelled = (label) => () => [...desk.querySelectorAll('.pane button')].find((b) => b.textContent === label)?.click()

const move = (by) => () => {
  const all = [...desk.querySelectorAll('.queue li button:first-of-type')]
  const at = all.indexOf(document.activeElement)
  all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus()
}

const keys = (ways) => [
  ['j', 'the next conversation of the list', move(1)], ['k', 'the one before', move(-1)], ['Enter', 'open it'],
  ['q', 'to the queue', ways.queue], ['/', 'to the search', ways.search],
  ['t', 'take the conversation', labelled('Take it')], ['r', 'write an answer', focus('.reply textarea')], ['a', 'choose an approved text', focus('.reply select')],
  ['n', 'write a note', focus('.side textarea')], ['p', 'pass it on', labelled('Pass on')], ['c', 'close it', labelled('Close')],
  ['l', 'read the transcript', focus('.transcript')], ['Ctrl Enter', 'send the answer that is being written'], ['?', 'this sheet'],
]

const off = 'tacet-no-shortcuts'
const writing = (e) => e.closest?.('input, textarea, select, dialog')

export const listen = (ways) => {
  const all = keys(ways)
  const tick = el('input', { type: 'checkbox', id: 'shortcuts', onchange: () => localStorage.setItem(off, tick.checked ? '' : '1') })
  const sheet = el('dialog', { 'aria-labelledby': 'sheet' }, el('h2', { id: 'sheet' }, 'Keys'),
    el('dl', {}, ...all.flatMap(([k, what]) => [el('dt', {}, el('kbd', {}, k)), el('dd', {}, what)])),
    el('p', { class: 'field tick' }, el('label', { for: 'shortcuts' }, 'Use these keys'), tick),
    el('form', { method: 'dialog' }, el('button', { class: 'main' }, 'Close this')))
  document.body.append(sheet)
  const help = () => { tick.checked = !localStorage.getItem(off); sheet.showModal() }
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || writing(e.target) || localStorage.getItem(off)) return
    const hit = e.key === '?' ? help : all.find(([k]) => k === e.key)?.[2]
    if (!hit || !acts) return
    e.preventDefault()
    hit()
  })
  return help
}
