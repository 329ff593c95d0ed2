// The reference conversation as an XState machine behind fastify: in memory, or durable with group commit and one
// appended row a turn. node server.mjs PHRASES [DATABASE]; it prints its port.
import { createCipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { assign, initialTransition, setup, transition } from 'xstate'

const emergency = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)
const topics = {
  rhinoplasty: 'Rhinoplasty reshapes the nose. It takes two to three hours; most people go back to work after ten days.',
  facelift: 'A facelift tightens the skin of the lower face and neck. Plan for two weeks of recovery.',
  botox: 'Botox relaxes wrinkles. A visit takes about twenty minutes and needs no recovery time.',
  other: 'We offer many other treatments. A coordinator will go through the choices with you.',
}
const parts = ['morning', 'afternoon', 'evening']
const phone = /^(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]?([2-9][0-9]{2})[ .-]?([0-9]{4})$/
const say = (...replies) => assign({ replies: ({ context, event }) => replies.map((r) => (typeof r === 'function' ? r(context, event) : r)) })
const lower = (e) => e.text.toLowerCase()

// Every state hears an emergency first.
const urgent = { guard: 'emergency', target: 'escalated', actions: say('This sounds like an emergency. Call 911 now or go to the nearest emergency room. A nurse has been alerted.') }
const ended = { actions: say('This conversation has ended. Please start a new one.') }
const hears = (list) => ({ on: { SAY: [urgent, ...list] } })

const machine = setup({
  guards: {
    emergency: ({ event }) => { const l = lower(event); return emergency.some((p) => l.includes(p)) },
    topic: ({ event }) => lower(event) in topics,
    book: ({ event }) => lower(event) === 'book',
    name: ({ event }) => event.text.length > 0 && [...event.text].length <= 80,
    phone: ({ event }) => phone.test(event.text),
    late: ({ context, event }) => parts.includes(lower(event)) && context.topic === 'other' && (context.hour < 8 || context.hour >= 18),
    part: ({ event }) => parts.includes(lower(event)),
    yes: ({ event }) => lower(event) === 'yes',
    no: ({ event }) => lower(event) === 'no',
  },
}).createMachine({
  initial: 'choose_topic',
  context: ({ input }) => ({
    hour: input.hour, topic: '', name: '', phone: '', time: '',
    replies: ['Privacy notice: this chat is stored encrypted and is read only by our care team. It does not replace medical advice. In an emergency call 911.',
      'Hi! I can help you book a consultation. Which topic is it about: rhinoplasty, facelift, botox or other?'],
  }),
  states: {
    choose_topic: hears([
      { guard: 'topic', target: 'info', actions: [assign({ topic: ({ event }) => lower(event) }), say((c) => topics[c.topic], 'Reply "book" to book a consultation.')] },
      { actions: say('Please pick one of: rhinoplasty, facelift, botox, other.') }]),
    info: hears([
      { guard: 'book', target: 'ask_name', actions: say("Great, let's book. What is your name?") },
      { actions: say('Reply "book" to book a consultation.') }]),
    ask_name: hears([
      { guard: 'name', target: 'ask_phone', actions: [assign({ name: ({ event }) => event.text }), say((c) => `Thanks, ${c.name}. Which US phone number can we reach you at?`)] },
      { actions: say('Please give a name of at most 80 characters.') }]),
    ask_phone: hears([
      { guard: 'phone', target: 'ask_time', actions: [assign({ phone: ({ event }) => '+1' + phone.exec(event.text).slice(1).join('') }), say('Which time of day do you prefer: morning, afternoon or evening?')] },
      { actions: say('That does not look like a US phone number. Please send ten digits, for example (212) 555-0142.') }]),
    ask_time: hears([
      { guard: 'late', target: 'handoff', actions: [assign({ time: ({ event }) => lower(event) }), say((c) => `Our office is closed right now. A coordinator will call ${c.name} at ${c.phone} when we open.`)] },
      { guard: 'part', target: 'confirm', actions: [assign({ time: ({ event }) => lower(event) }), say((c) => `To confirm: a ${c.topic} consultation in the ${c.time} for ${c.name}, phone ${c.phone}. Reply yes or no.`)] },
      { actions: say('Please pick one of: morning, afternoon, evening.') }]),
    confirm: hears([
      { guard: 'yes', target: 'done', actions: say((c) => `You're all set, ${c.name}. We will call ${c.phone} to fix the exact time.`) },
      { guard: 'no', target: 'ask_time', actions: say('Which time of day do you prefer: morning, afternoon or evening?') },
      { actions: say('Please reply yes or no.') }]),
    done: hears([ended]), handoff: hears([ended]), escalated: hears([ended]),
  },
})

// A durable turn is one sealed row, appended; turns of one tick of the event loop share a commit.
let commit = async () => {}
if (process.argv[3]) {
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(process.argv[3])
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('CREATE TABLE turn (n INTEGER PRIMARY KEY, conversation TEXT, version INTEGER, sealed BLOB) STRICT')
  const insert = db.prepare('INSERT INTO turn (conversation, version, sealed) VALUES (?, ?, ?)')
  const key = randomBytes(32)
  let waiting = []
  const flush = () => {
    const batch = waiting
    waiting = []
    try {
      db.exec('BEGIN IMMEDIATE')
      for (const w of batch) insert.run(w.id, w.version, w.sealed)
      db.exec('COMMIT')
      for (const w of batch) w.done()
    } catch (e) {
      for (const w of batch) w.failed(e)
    }
  }
  commit = (id, version, turn) => new Promise((done, failed) => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const body = Buffer.concat([cipher.update(JSON.stringify(turn)), cipher.final()])
    if (waiting.push({ id, version, sealed: Buffer.concat([nonce, body, cipher.getAuthTag()]), done, failed }) === 1) setImmediate(flush)
  })
}

const conversations = new Map()
let next = 0
const app = Fastify()
const reply = (id, token, snapshot, seq) => ({ conversation: id, token, seq, messages: snapshot.context.replies.map((text) => ({ author: 'assistant', text })) })
app.post('/api/conversations', async (req, res) => {
  const id = `c${++next}`
  const [snapshot] = initialTransition(machine, { hour: 10 })
  const c = { snapshot, version: 1, answered: new Map() }
  await commit(id, 1, { client: req.body.client_id, state: snapshot.value, context: snapshot.context })
  conversations.set(id, c)
  res.code(201)
  return reply(id, 't', snapshot, 1)
})
app.post('/api/conversations/:id/messages', async (req, res) => {
  const c = conversations.get(req.params.id)
  if (!c) return res.code(404).send({})
  const before = c.answered.get(req.body.client_id)
  if (before) return before
  const [snapshot] = transition(machine, c.snapshot, { type: 'SAY', text: req.body.text.trim() })
  await commit(req.params.id, c.version + 1, { client: req.body.client_id, text: req.body.text, state: snapshot.value, context: snapshot.context })
  c.snapshot = snapshot
  c.version++
  const answer = reply(req.params.id, undefined, snapshot, c.version)
  c.answered.set(req.body.client_id, answer)
  return answer
})
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
