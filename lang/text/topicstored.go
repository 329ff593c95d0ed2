package text

import (
	"encoding/binary"
	"slices"
	"strings"
)

// The stored form of a topicBase: lists begin with their length; numbers are varints, of those in order the steps.

func (b *topicBase) encode() []byte {
	out := appendWords(nil, b.model.topics)
	out = binary.AppendUvarint(out, uint64(b.classes))
	for _, v := range b.model.bias {
		out = binary.AppendVarint(out, int64(v))
	}
	out = binary.AppendVarint(out, int64(b.model.bar))
	for _, r := range b.requests {
		out = binary.AppendVarint(out, int64(r.bar))
	}
	out = appendWords(out, b.backgroundWords)
	out = appendWords(out, b.words)
	out = appendKnown(out, b.model.known)
	for _, k := range b.model.known {
		n := b.ids.get(k.id)
		out = append(out, byte(b.named[n].kind))
		out = binary.AppendUvarint(out, uint64(b.count[n]))
	}
	out = appendSaid(out, b.model.said)
	out = appendLikes(out, b.likes)
	kept, background := b.keptLines()
	out = binary.AppendUvarint(out, uint64(background))
	out = binary.AppendUvarint(out, uint64(len(b.lines)-len(kept)))
	out = b.appendLines(out, kept)
	near := b.appendNeighbours(nil)
	return append(binary.AppendUvarint(out, uint64(len(near))), near...)
}

func appendWords(b []byte, words []string) []byte {
	s := strings.Join(words, " ")
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// standardLike is an example of std/frontdesk: its likeID and its topic.
type standardLike struct {
	id    featureID
	topic int
}

func appendLikes(b []byte, likes []standardLike) []byte {
	b = binary.AppendUvarint(b, uint64(len(likes)))
	before := featureID(0)
	for _, l := range likes {
		b = binary.AppendUvarint(b, uint64(l.id-before))
		b = binary.AppendUvarint(b, uint64(l.topic))
		before = l.id
	}
	return b
}

// keptEvery is of how many lines one is stored: what a flow adds is learned beside these. Of background lines all are.
const keptEvery = 5

// keptLines are the lines to store, and how many of them come before the background.
func (b *topicBase) keptLines() (kept []line, background int) {
	for i, l := range b.lines {
		if i == b.background {
			background = len(kept)
		}
		if i >= b.background || i%keptEvery == 0 {
			kept = append(kept, l)
		}
	}
	return kept, background
}

// appendLines writes of each line its class and its features, by their number in the order of ids.
func (b *topicBase) appendLines(out []byte, lines []line) []byte {
	place := make([]int32, len(b.named))
	for i := range place {
		place[i] = -1
	}
	for i, k := range b.model.known {
		place[b.ids.get(k.id)] = int32(i)
	}
	out = binary.AppendUvarint(out, uint64(len(lines)))
	for _, l := range lines {
		var index []int32
		for _, n := range l.index {
			if place[n] >= 0 {
				index = append(index, place[n])
			}
		}
		slices.Sort(index)
		out = binary.AppendUvarint(out, uint64(l.class))
		out = binary.AppendUvarint(out, uint64(len(index)))
		before := int32(0)
		for _, n := range index {
			out = binary.AppendUvarint(out, uint64(n-before))
			before = n
		}
	}
	return out
}

func decodeTopicBase(data []byte) (*topicBase, bool) {
	r := &modelReader{data: data, ok: true}
	b := &topicBase{learner: &learner{}}
	m := &b.model
	m.topics = splitWords(r.word())
	b.topics, b.classes = len(m.topics), r.count()
	for range b.classes {
		m.bias = append(m.bias, int(r.int()))
	}
	m.bar = int(r.int())
	for i := range b.requests {
		b.requests[i] = b.requestOf(i)
		b.requests[i].bar = int(r.int())
	}
	b.backgroundWords = splitWords(r.word())
	b.words = splitWords(r.word())
	m.words = nearWordsOf(b.words)
	m.readKnown(r, b.classes)
	b.ids = m.ids
	b.named, b.count, b.rarity = make([]feature, 0, len(m.known)), make([]int, 0, len(m.known)), make([]int, 0, len(m.known))
	for _, k := range m.known {
		kind := featureKind(min(r.uint(), featureKinds-1))
		b.named = append(b.named, feature{k.id, kind})
		b.count = append(b.count, int(r.uint()))
		b.rarity = append(b.rarity, k.rarity)
	}
	m.said = readSaid(r, b.topics)
	b.said = m.said
	b.readLikes(r)
	b.background, b.unkept = int(r.uint()), int(r.uint())
	b.readLines(r)
	near := r.count()
	b.near.data, r.data = r.data[:near], r.data[near:]
	return b, r.ok && len(r.data) == 0 && b.background <= len(b.lines)
}

func (b *topicBase) readLikes(r *modelReader) {
	n := r.count()
	b.standard, b.like = newIDTable(n), map[string]int{}
	id := featureID(0)
	for range n {
		id += featureID(r.uint())
		topic := int(r.uint())
		if topic >= b.topics {
			r.ok = false
			return
		}
		b.standard.put(id, topic)
		b.like[b.model.topics[topic]]++
	}
}

func (b *topicBase) readLines(r *modelReader) {
	room := make([]int32, 0, len(r.data))
	n := r.count()
	b.lines = make([]line, 0, n)
	for range n {
		l := line{class: int(r.uint())}
		from, index := len(room), 0
		for range r.count() {
			if index += int(r.uint()); index >= len(b.named) {
				r.ok = false
				return
			}
			room = append(room, int32(index))
		}
		l.index = room[from:len(room):len(room)]
		b.lines = append(b.lines, l)
	}
	b.weigh(0)
}
