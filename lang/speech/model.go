package speech

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// model is a linear model over features: a sum of integer weights, positive for what it was trained to find.
type model struct {
	bias    int
	weights map[string]int
}

//go:embed model.tsv
var modelFile string

// models are read from model.tsv: a line `name<tab>feature<tab>weight` each; the empty feature is the bias.
var models = sync.OnceValue(func() map[string]*model {
	out := map[string]*model{Solicitation: {weights: map[string]int{}}, Advice: {weights: map[string]int{}}}
	for line := range strings.Lines(modelFile) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		feature, number, _ := strings.Cut(rest, "\t")
		weight, err := strconv.Atoi(number)
		m := out[name]
		if err != nil || m == nil {
			panic("speech: model.tsv has a line that is none: " + line)
		}
		if feature == "" {
			m.bias = weight
			continue
		}
		m.weights[feature] = weight
	}
	return out
})

func (m *model) score(features []string) int {
	sum := m.bias
	for _, f := range features {
		sum += m.weights[f] * value(f)
	}
	return sum
}

// value is what a feature counts: what the rules and the lexicons say holds beyond the words that training has seen.
func value(feature string) int {
	switch feature[0] {
	case 'r':
		return 1
	case 'a', 'c', 'o', 'p', 'q', 'n':
		return 1
	}
	return 1
}
