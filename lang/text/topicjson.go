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
	maxFeatures = 200_000
	maxWeight   = 1_000_000
	maxModel    = 64 << 20 // bytes
)

// modelJSON is the stored form: for each feature, in order, [topic, weight] pairs; the topic after the last is the
// background.
type modelJSON struct {
	Version  int           `json:"version"`
	Topics   []string      `json:"topics"`
	Features []featureJSON `json:"features"`
}

type featureJSON struct {
	Name    string   `json:"f"`
	Weights [][2]int `json:"w"`
}

const modelVersion = 1

// MarshalJSON writes the model with integers only and in one order: equal models give equal bytes.
func (m *TopicModel) MarshalJSON() ([]byte, error) {
	out := modelJSON{Version: modelVersion, Topics: m.topics, Features: []featureJSON{}}
	if out.Topics == nil {
		out.Topics = []string{}
	}
	for _, name := range slices.Sorted(maps.Keys(m.features)) {
		f := featureJSON{Name: name, Weights: [][2]int{}}
		for _, w := range m.features[name] {
			f.Weights = append(f.Weights, [2]int{w.topic, w.value})
		}
		if len(f.Weights) > 0 {
			out.Features = append(out.Features, f)
		}
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
	if len(in.Topics) > maxTopics || len(in.Features) > maxFeatures {
		return nil, errors.New("topic model has too many topics or features")
	}
	m := &TopicModel{features: make(map[string][]weight, len(in.Features))}
	seen := map[string]bool{}
	for _, t := range in.Topics {
		if t == "" || seen[t] {
			return nil, fmt.Errorf("topic model names the topic `%s` twice or not at all", t)
		}
		seen[t] = true
		m.topics = append(m.topics, t)
	}
	before := ""
	for _, f := range in.Features {
		if f.Name <= before {
			return nil, fmt.Errorf("feature `%s` of the topic model is out of order", f.Name)
		}
		before = f.Name
		last := -1
		for _, w := range f.Weights {
			if w[0] <= last || w[0] > len(m.topics) || w[1] > maxWeight || w[1] < -maxWeight {
				return nil, fmt.Errorf("feature `%s` of the topic model has a weight out of range", f.Name)
			}
			last = w[0]
			m.features[f.Name] = append(m.features[f.Name], weight{topic: w[0], value: w[1]})
		}
		if last < 0 {
			return nil, fmt.Errorf("feature `%s` of the topic model has no weight", f.Name)
		}
	}
	return m, nil
}
