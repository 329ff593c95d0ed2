package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

//go:embed peer.js
var script []byte

// packages are what is installed from npm.
var packages = []string{"@nlpjs/nlp@4.27.0", "@nlpjs/lang-en@4.26.1", "@nlpjs/lang-es@4.26.1"}

// peer is @nlpjs/nlp, installed in a folder of its own.
type peer struct{ dir string }

func install() (*peer, error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("", "tacet-nlp-")
	if err != nil {
		return nil, err
	}
	p := &peer{dir}
	cmd := exec.Command("npm", append([]string{"install", "--no-audit", "--no-fund", "--prefix", dir}, packages...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		p.remove()
		return nil, fmt.Errorf("npm install: %w\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "peer.js"), script, 0o600); err != nil {
		p.remove()
		return nil, err
	}
	return p, nil
}

func (p *peer) remove() { _ = os.RemoveAll(p.dir) }

// line is an example as the script reads it.
type line struct {
	Lang  string `json:"lang"`
	Topic string `json:"topic"`
	Text  string `json:"text"`
}

// answer is what the script makes of a line.
type answer struct {
	Topic string  `json:"topic"`
	Score float64 `json:"score"`
}

// measure trains the peer and classifies the test lines. alone is how many lines about no topic ours left alone.
func (p *peer) measure(train, test []example, alone int) (result, error) {
	in, err := json.Marshal(map[string][]line{"train": lines(train), "test": lines(test)})
	if err != nil {
		return result{}, err
	}
	cmd := exec.Command("node", "peer.js")
	cmd.Dir, cmd.Stdin = p.dir, bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		return result{}, fmt.Errorf("node peer.js: %w", err)
	}
	var got struct {
		Answers []answer `json:"answers"`
		Micros  float64  `json:"micros"`
	}
	if err := json.Unmarshal(out, &got); err != nil || len(got.Answers) != len(test) {
		return result{}, fmt.Errorf("node peer.js answered %.200q", out)
	}
	r := result{took: time.Duration(got.Micros * float64(time.Microsecond))}
	for i, e := range test {
		r.count(e, got.Answers[i].Topic)
	}
	r.cut = rightWhenCut(test, got.Answers, alone)
	return r, nil
}

func lines(examples []example) []line {
	out := make([]line, 0, len(examples))
	for _, e := range examples {
		out = append(out, line{e.lang, e.topic, e.text})
	}
	return out
}

// rightWhenCut counts what is right if an answer must score more than all but so many lines about no topic.
func rightWhenCut(test []example, answers []answer, alone int) int {
	var scores []float64
	for i, e := range test {
		if e.topic == none {
			score := answers[i].Score
			if answers[i].Topic == none {
				score = 0
			}
			scores = append(scores, score)
		}
	}
	slices.Sort(scores)
	least := 0.0
	if alone > 0 && len(scores) > 0 {
		least = scores[min(alone, len(scores))-1]
	}
	right := 0
	for i, e := range test {
		if e.topic != none && answers[i].Topic == e.topic && answers[i].Score > least {
			right++
		}
	}
	return right
}
