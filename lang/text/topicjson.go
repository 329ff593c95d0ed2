package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
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

// modelJSON is the stored form. Words stand in order, a space between two. Features stand in order, each on a line:
// name|rarity|topic weight topic weight…, where the topic after the last is the background and a weight is in 64ths of
// a logit. Said are the examples in order, each on a line: words|topic. A model that was taught nothing has topics at most.
type modelJSON struct {
	Version  int      `json:"version"`
	Topics   []string `json:"topics"`
	Bias     []int    `json:"bias"`
	Bar      int      `json:"bar"`
	Words    string   `json:"words"`
	Features string   `json:"features"`
	Said     string   `json:"said"`
}

const modelVersion = 3

// MarshalJSON writes the model with integers only and in one order: equal models give equal bytes.
func (m *TopicModel) MarshalJSON() ([]byte, error) {
	out := modelJSON{Version: modelVersion, Topics: m.topics, Bias: m.bias, Bar: m.bar}
	if out.Topics == nil {
		out.Topics = []string{}
	}
	if out.Bias == nil {
		out.Bias = []int{}
	}
	if m.words != nil {
		out.Words = strings.Join(slices.Sorted(maps.Keys(m.words.words)), " ")
	}
	var b []byte
	for _, name := range slices.Sorted(maps.Keys(m.features)) {
		k := m.features[name]
		b = append(append(b, name...), '|')
		b = append(strconv.AppendInt(b, int64(k.rarity), 10), '|')
		for i, w := range k.weights {
			if i > 0 {
				b = append(b, ' ')
			}
			b = append(strconv.AppendInt(b, int64(w.topic), 10), ' ')
			b = strconv.AppendInt(b, int64(w.value), 10)
		}
		b = append(b, '\n')
	}
	out.Features = string(b)
	b = b[:0]
	for _, words := range slices.Sorted(maps.Keys(m.said)) {
		b = append(append(b, words...), '|')
		b = append(strconv.AppendInt(b, int64(m.said[words]), 10), '\n')
	}
	out.Said = string(b)
	return json.Marshal(out)
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
	if len(in.Topics) > maxTopics || strings.Count(in.Features, "\n") > maxFeatures || strings.Count(in.Said, "\n") > maxFeatures || strings.Count(in.Words, " ") > maxWords {
		return nil, errors.New("topic model has too many topics, words or features")
	}
	m := &TopicModel{features: make(map[string]*known, strings.Count(in.Features, "\n")), bar: in.Bar}
	if err := in.classes(m); err != nil {
		return nil, err
	}
	words, before := map[string]bool{}, ""
	for w := range strings.SplitSeq(in.Words, " ") {
		if w <= before && in.Words != "" {
			return nil, fmt.Errorf("word `%s` of the topic model is out of order", w)
		}
		words[w], before = true, w
	}
	m.know(words)
	before = ""
	for line := range strings.Lines(in.Features) {
		name, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		if !ok || name <= before || !strings.HasSuffix(line, "\n") {
			return nil, fmt.Errorf("feature `%s` of the topic model is out of order", name)
		}
		before = name
		k, err := readKnown(rest, len(m.topics))
		if err != nil {
			return nil, fmt.Errorf("feature `%s` of the topic model %w", name, err)
		}
		m.features[name] = k
	}
	return m, in.examples(m)
}

func (in *modelJSON) examples(m *TopicModel) error {
	m.said = make(map[string]int, strings.Count(in.Said, "\n"))
	before := ""
	for line := range strings.Lines(in.Said) {
		words, topic, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		t, err := strconv.Atoi(topic)
		if err != nil || words <= before || t < 0 || t >= len(m.bias)-1 || !strings.HasSuffix(line, "\n") {
			return fmt.Errorf("example `%s` of the topic model is out of order or of no topic", words)
		}
		m.said[words], before = t, words
	}
	return nil
}

func (in *modelJSON) classes(m *TopicModel) error {
	seen := map[string]bool{}
	for _, t := range in.Topics {
		if t == "" || seen[t] {
			return fmt.Errorf("topic model names the topic `%s` twice or not at all", t)
		}
		seen[t] = true
		m.topics = append(m.topics, t)
	}
	untaught := len(in.Bias) == 0 && in.Features == ""
	if len(in.Bias) != len(in.Topics)+1 && !untaught || in.Bar > maxWeight || in.Bar < -maxWeight {
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

// readKnown reads what stands of a feature after its name.
func readKnown(s string, background int) (*known, error) {
	rarity, weights, ok := strings.Cut(s, "|")
	r, err := strconv.Atoi(rarity)
	if !ok || err != nil || r < 0 || r > 2<<valueShift {
		return nil, errors.New("has a rarity out of range")
	}
	k := &known{rarity: r}
	last := -1
	for weights != "" {
		var topic, value string
		topic, weights, _ = strings.Cut(weights, " ")
		value, weights, _ = strings.Cut(weights, " ")
		t, wrongTopic := strconv.Atoi(topic)
		v, wrongValue := strconv.Atoi(value)
		if wrongTopic != nil || wrongValue != nil || t <= last || t > background || v > maxWeight || v < -maxWeight {
			return nil, errors.New("has a weight out of range")
		}
		last = t
		k.weights = append(k.weights, weight{topic: t, value: v})
	}
	return k, nil
}
