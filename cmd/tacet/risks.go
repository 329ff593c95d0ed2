package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/spec"
)

// assessedRisks reads the risk assessment that the product ships with, the worst risks first.
func assessedRisks() []server.Risk {
	var file struct {
		Assets  map[string]string
		Threats map[string]struct {
			Threat           string
			Assets           []string
			Likelihood, Harm string
			Controls         []struct{ Does, By string }
			Rests            string
		}
	}
	if err := yaml.Unmarshal(spec.Risks, &file); err != nil {
		panic(fmt.Sprintf("tacet: the risk assessment: %v", err)) // a test reads it
	}
	var list []server.Risk
	for _, name := range slices.Sorted(maps.Keys(file.Threats)) {
		t := file.Threats[name]
		r := server.Risk{Threat: t.Threat, Likelihood: t.Likelihood, Harm: t.Harm, Rests: t.Rests}
		for _, a := range t.Assets {
			r.Assets = append(r.Assets, file.Assets[a])
		}
		for _, c := range t.Controls {
			r.Controls = append(r.Controls, server.Control{Does: c.Does, By: c.By, Run: howToRun(c.By)})
		}
		list = append(list, r)
	}
	level := map[string]int{"high": 0, "medium": 1, "low": 2}
	slices.SortStableFunc(list, func(a, b server.Risk) int {
		return cmp.Or(level[a.Likelihood]+level[a.Harm]-level[b.Likelihood]-level[b.Harm], level[a.Harm]-level[b.Harm])
	})
	return list
}

// howToRun is the command by which whoever doubts a control sees its test run; "" where it is shown by a page.
func howToRun(by string) string {
	folder, test, ok := strings.Cut(by, ".Test")
	if !ok {
		return ""
	}
	return "go test -run '^Test" + test + "$' ./" + folder
}
