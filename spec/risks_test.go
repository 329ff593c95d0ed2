package spec_test

import (
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestRisks holds the risk assessment together: every asset is threatened by something, every threat has controls, and every
// control is shown by a test or page that is there.
func TestRisks(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("risks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Assets  map[string]string
		Threats map[string]struct {
			Threat           string
			Assets           []string
			Likelihood, Harm string
			Controls         []struct{ Does, By string }
			Rests            string
		}
	}
	if err := yaml.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	levels := []string{"low", "medium", "high"}
	threatened := map[string]bool{}
	for name, threat := range r.Threats {
		if threat.Threat == "" || threat.Rests == "" || len(threat.Controls) == 0 || len(threat.Assets) == 0 {
			t.Errorf("%s says not what threatens what, what is done, or what rests", name)
		}
		if !slices.Contains(levels, threat.Likelihood) || !slices.Contains(levels, threat.Harm) {
			t.Errorf("%s: likelihood %q, harm %q; want %v", name, threat.Likelihood, threat.Harm, levels)
		}
		for _, asset := range threat.Assets {
			threatened[asset] = true
			if r.Assets[asset] == "" {
				t.Errorf("%s: there is no asset %s", name, asset)
			}
		}
		for _, c := range threat.Controls {
			if c.Does == "" || !shown(t, c.By) {
				t.Errorf("%s: %q is shown by %q, which is not there", name, c.Does, c.By)
			}
		}
	}
	for asset := range r.Assets {
		if !threatened[asset] {
			t.Errorf("nothing threatens %s", asset)
		}
	}
}
