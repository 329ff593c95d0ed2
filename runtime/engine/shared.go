package engine

import (
	"bytes"
	"reflect"
	"sync"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/text"
)

// Shared lets programs that are loaded with it understand text by the same triggers and topics where their machines
// have the same: the flows of a practice mostly do. It saves time and memory and changes nothing else. The zero value
// is ready. Safe for concurrent use.
type Shared struct {
	mu       sync.Mutex
	triggers []sharedTriggers
	topics   []sharedTopics
}

type sharedTriggers struct {
	of  []machine.Trigger
	get func() (*text.Triggers, error)
}

type sharedTopics struct {
	of  []byte
	get func() (*text.TopicModel, error)
}

func (s *Shared) triggersOf(of []machine.Trigger) (*text.Triggers, error) {
	if s == nil {
		return CompileTriggers(of)
	}
	return s.findTriggers(of)()
}

func (s *Shared) findTriggers(of []machine.Trigger) func() (*text.Triggers, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.triggers {
		if reflect.DeepEqual(known.of, of) {
			return known.get
		}
	}
	get := sync.OnceValues(func() (*text.Triggers, error) { return CompileTriggers(of) })
	s.triggers = append(s.triggers, sharedTriggers{of, get})
	return get
}

func (s *Shared) topicsOf(of []byte) (*text.TopicModel, error) {
	if s == nil {
		return DecodeTopics(of)
	}
	return s.findTopics(of)()
}

func (s *Shared) findTopics(of []byte) func() (*text.TopicModel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.topics {
		if bytes.Equal(known.of, of) {
			return known.get
		}
	}
	get := sync.OnceValues(func() (*text.TopicModel, error) { return DecodeTopics(of) })
	s.topics = append(s.topics, sharedTopics{of, get})
	return get
}
