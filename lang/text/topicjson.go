package text

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of a stored model; a larger one is not ours.
const (
	maxTopics   = 500
	maxFeatures = 400_000
	maxWords    = 100_000
	maxWeight   = 1_000_000
	maxModel    = 64 << 20 // bytes
)

// modelJSON is the stored form. Words stand in order, a space between two. Features are written as appendKnown does and
// Said, the examples, as appendSaid does. A model that was taught nothing has topics at most.
type modelJSON struct {
	Version  int      `json:"version"`
	Topics   []string `json:"topics"`
	Bias     []int    `json:"bias"`
	Bar      int      `json:"bar"`
	Words    string   `json:"words"`
	Features []byte   `json:"features"`
	Said     []byte   `json:"said"`
}

const modelVersion = 4

// MarshalJSON writes the model with integers only and in one order: equal models give equal bytes.
func (m *TopicModel) MarshalJSON() ([]byte, error) {
	out := modelJSON{Version: modelVersion, Topics: m.topics, Bias: m.bias, Bar: m.bar}
	if len(m.bias) > 0 {
		out.Features, out.Said = appendKnown(nil, m.known), appendSaid(nil, m.said)
	}
	if out.Topics == nil {
		out.Topics = []string{}
	}
	if out.Bias == nil {
		out.Bias = []int{}
	}
	if m.words != nil {
		out.Words = strings.Join(m.words.list, " ")
	}
	return json.Marshal(out)
}

// appendKnown writes features in the order of their ids: how many, then of each the step to its id, its rarity, how many
// weights it has, and of each weight the step to its class and its value.
func appendKnown(b []byte, all []known) []byte {
	b = binary.AppendUvarint(b, uint64(len(all)))
	before := featureID(0)
	for _, k := range all {
		b = binary.AppendUvarint(b, uint64(k.id-before))
		before = k.id
		b = binary.AppendUvarint(b, uint64(k.rarity))
		b = binary.AppendUvarint(b, uint64(len(k.weights)))
		class := int32(0)
		for _, w := range k.weights {
			b = binary.AppendUvarint(b, uint64(w.class-class))
			b = binary.AppendVarint(b, int64(w.value))
			class = w.class
		}
	}
	return b
}

// appendSaid writes how many examples there are, then of each the step to the hash of its words, and its topic.
func appendSaid(b []byte, all said) []byte {
	b = binary.AppendUvarint(b, uint64(len(all)))
	before := uint64(0)
	for _, l := range all {
		b = binary.AppendUvarint(b, l.words-before)
		before = l.words
		b = binary.AppendUvarint(b, uint64(l.topic))
	}
	return b
}

// UnmarshalJSON reads a model and refuses one that MarshalJSON would not write.
func (m *TopicModel) UnmarshalJSON(data []byte) error {
	got, err := DecodeTopics(data)
	if err != nil {
		return err
	}
	*m = *got
	return nil
}

// DecodeTopics reads a model that MarshalJSON wrote. Anything else is an error: unknown keys, repeated or unordered
// features, topics out of range, weights that are too large.
func DecodeTopics(data []byte) (*TopicModel, error) {
	if len(data) > maxModel {
		return nil, errors.New("topic model is too large")
	}
	var in modelJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("read topic model: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("topic model is followed by something else")
	}
	if in.Version != modelVersion {
		return nil, fmt.Errorf("topic model has version %d, this program reads %d", in.Version, modelVersion)
	}
	return in.model()
}

func (in *modelJSON) model() (*TopicModel, error) {
	if len(in.Topics) > maxTopics || strings.Count(in.Words, " ") > maxWords {
		return nil, errors.New("topic model has too many topics or words")
	}
	m := &TopicModel{bar: in.Bar}
	if err := in.classes(m); err != nil {
		return nil, err
	}
	words, before := splitWords(in.Words), ""
	for _, w := range words {
		if w <= before {
			return nil, fmt.Errorf("word `%s` of the topic model is out of order", w)
		}
		before = w
	}
	m.words = nearWordsOf(words)
	r := &modelReader{data: in.Features, ok: true}
	if len(in.Features) > 0 {
		m.readKnown(r, len(m.bias))
	}
	s := &modelReader{data: in.Said, ok: true}
	if len(in.Said) > 0 {
		m.said = readSaid(s, len(m.topics))
	}
	if !r.ok || !s.ok || len(r.data) > 0 || len(s.data) > 0 {
		return nil, errors.New("topic model has features or examples out of order or out of range")
	}
	return m, nil
}

// classes takes over the topics and what speaks for each class. A model that was taught something has at least the
// background besides its topics.
func (in *modelJSON) classes(m *TopicModel) error {
	seen := map[string]bool{}
	for _, t := range in.Topics {
		if t == "" || seen[t] {
			return fmt.Errorf("topic model names the topic `%s` twice or not at all", t)
		}
		seen[t] = true
		m.topics = append(m.topics, t)
	}
	untaught := len(in.Bias) == 0 && len(in.Features) == 0 && len(in.Said) == 0
	if len(in.Bias) <= len(in.Topics) && !untaught || len(in.Bias) > 2*maxTopics || in.Bar > maxWeight || in.Bar < -maxWeight {
		return errors.New("topic model has not one bias for each topic and the background, or its bar is out of range")
	}
	for _, b := range in.Bias {
		if b > maxWeight || b < -maxWeight {
			return errors.New("topic model has a bias out of range")
		}
		m.bias = append(m.bias, b)
	}
	return nil
}

// readKnown reads what appendKnown wrote; r.ok is false if it would not write that.
func (m *TopicModel) readKnown(r *modelReader, classes int) {
	n := r.many()
	m.ids, m.known = newIDTable(n), make([]known, 0, n)
	room := make([]weight, 0, 8*n)
	id := featureID(0)
	for i := range n {
		step := r.uint()
		id += featureID(step)
		k := known{id: id, rarity: int(min(r.uint(), 4<<valueShift))}
		from := len(room)
		room = r.weights(room, classes)
		k.weights = room[from:len(room):len(room)]
		if step == 0 && i > 0 || step >= 1<<idBits || id >= 1<<idBits || k.rarity > 2<<valueShift {
			r.ok = false
		}
		if !r.ok {
			return
		}
		m.ids.put(id, i)
		m.known = append(m.known, k)
	}
}

// many reads how many features or examples follow; each takes more than a byte.
func (r *modelReader) many() int {
	n := r.uint()
	if n > maxFeatures || n > uint64(len(r.data)) {
		r.ok = false
		return 0
	}
	return int(n)
}

// weights reads the weights of a feature.
func (r *modelReader) weights(out []weight, classes int) []weight {
	class := uint64(0)
	for i := range r.count() {
		step := r.uint()
		value := r.int()
		if class += step; step == 0 && i > 0 || step > maxTopics*2 || class >= uint64(classes) || value > maxWeight || value < -maxWeight {
			r.ok = false
			return out
		}
		out = append(out, weight{int32(class), int32(value)})
	}
	return out
}

// readSaid reads what appendSaid wrote; r.ok is false if it would not write that.
func readSaid(r *modelReader, topics int) said {
	n := r.many()
	out := make(said, 0, n)
	words := uint64(0)
	for i := range n {
		step := r.uint()
		topic := r.uint()
		if i > 0 && (step == 0 || words+step < words) || topic >= uint64(topics) {
			r.ok = false
		}
		if words += step; !r.ok {
			return nil
		}
		out = append(out, saidLine{words, int(topic)})
	}
	return out
}
