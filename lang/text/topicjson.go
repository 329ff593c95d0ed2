package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// Limits of a stored model; a larger one is not ours.
const (
	maxTopics   = 500
	maxFeatures = 400_000
	maxWords    = 100_000
	maxWeight   = 1_000_000
	maxModel    = 64 << 20 // bytes
)

// modelJSON is the stored form. Features and words are in order; weights are [topic, weight] pairs, where the topic
// after the last is the background. A model without topics has nothing else either.
type modelJSON struct {
	Version  int           `json:"version"`
	Topics   []string      `json:"topics"`
	Bias     []int         `json:"bias"`
	Bar      int           `json:"bar"`
	Words    []string      `json:"words"`
	Features []featureJSON `json:"features"`
}

type featureJSON struct {
	Name    string   `json:"f"`
	Rarity  int      `json:"r"`
	Weights [][2]int `json:"w"`
}

const modelVersion = 2

// MarshalJSON writes the model with integers only and in one order: equal models give equal bytes.
func (m *TopicModel) MarshalJSON() ([]byte, error) {
	out := modelJSON{Version: modelVersion, Topics: m.topics, Bias: m.bias, Bar: m.bar, Words: []string{}, Features: []featureJSON{}}
	if out.Topics == nil {
		out.Topics = []string{}
	}
	if out.Bias == nil {
		out.Bias = []int{}
	}
	if m.words != nil {
		out.Words = append(out.Words, slices.Sorted(maps.Keys(m.words.words))...)
	}
	for _, name := range slices.Sorted(maps.Keys(m.features)) {
		k := m.features[name]
		f := featureJSON{Name: name, Rarity: k.rarity, Weights: make([][2]int, 0, len(k.weights))}
		for _, w := range k.weights {
			f.Weights = append(f.Weights, [2]int{w.topic, w.value})
		}
		out.Features = append(out.Features, f)
	}
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
	if len(in.Topics) > maxTopics || len(in.Features) > maxFeatures || len(in.Words) > maxWords {
		return nil, errors.New("topic model has too many topics, words or features")
	}
	m := &TopicModel{features: make(map[string]*known, len(in.Features)), bar: in.Bar}
	if err := in.classes(m); err != nil {
		return nil, err
	}
	words := make(map[string]bool, len(in.Words))
	for i, w := range in.Words {
		if w == "" || i > 0 && w <= in.Words[i-1] {
			return nil, fmt.Errorf("word `%s` of the topic model is out of order", w)
		}
		words[w] = true
	}
	m.know(words)
	before := ""
	for _, f := range in.Features {
		if f.Name <= before {
			return nil, fmt.Errorf("feature `%s` of the topic model is out of order", f.Name)
		}
		before = f.Name
		k, err := f.known(len(m.topics))
		if err != nil {
			return nil, err
		}
		m.features[f.Name] = k
	}
	return m, nil
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
	untaught := len(in.Bias) == 0 && len(in.Features) == 0
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

func (f *featureJSON) known(background int) (*known, error) {
	k := &known{rarity: f.Rarity}
	if f.Rarity < 0 || f.Rarity > 2<<valueShift {
		return k, fmt.Errorf("feature `%s` of the topic model has a rarity out of range", f.Name)
	}
	last := -1
	for _, w := range f.Weights {
		if w[0] <= last || w[0] > background || w[1] > maxWeight || w[1] < -maxWeight {
			return k, fmt.Errorf("feature `%s` of the topic model has a weight out of range", f.Name)
		}
		last = w[0]
		k.weights = append(k.weights, weight{topic: w[0], value: w[1]})
	}
	return k, nil
}
