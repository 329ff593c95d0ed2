// Telling somebody that a person waits: in the title, and as a notification of the browser, which others may see on a screen and
// which therefore says nothing about anybody.

const seen = new Set()
let first = true
const title = document.title

export const news = (list) => {
  const waiting = list.filter((c) => c.control === 'waiting')
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title
  const fresh = waiting.filter((c) => !seen.has(c.conversation + c.urgency))
  fresh.forEach((c) => seen.add(c.conversation + c.urgency))
  if (first) { first = false; return }
  if (fresh.length === 0 || !('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return
  const emergency = fresh.some((c) => c.urgency === 'emergency')
  new Notification(title, { body: emergency ? 'An emergency is waiting.' : 'Somebody is waiting.', tag: 'tacet', requireInteraction: emergency })
}

export const canNotify = () => 'Notification' in window && Notification.permission === 'default'
export const askToNotify = () => Notification.requestPermission()
