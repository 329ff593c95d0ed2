package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tacet-lang/tacet/runtime/server/browsertest"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// TestVisitTwoServers: a patient at one server and a person at another, over one database, see each other write.
func TestVisitTwoServers(t *testing.T) {
	t.Parallel()
	data, keys := address(postgrestest.Database(t)), address(postgrestest.Database(t))
	master := filepath.Join(t.TempDir(), "master.key")
	if err := vault.CreateMasterFile(master); err != nil {
		t.Fatal(err)
	}
	args := []string{"--database", data, "--keys", keys, "--master", "file:" + master, "../../examples/lakeside"}
	link := linkOf(t, args...)
	other := startProcess(t, args...)

	dana := firstAccount(t, link)
	mei := arrive(t, invite(dana, "Mei Chen", "coordinator", "coordinators"), "nine slow turtles swimming")

	patient := browsertest.Open(t, strings.TrimSuffix(other.url, "/")+"/chat/consultation")
	patient.Press("Start")
	patient.Says("What are you interested in?")
	patient.Press("Talk to a human")
	patient.Shows("li.ack")
	mei.Press("Search")
	mei.Press("Queue")
	mei.Shows(".queue li")
	mei.Press("Open")
	mei.Shows(".transcript li")
	mei.Press("Take it")
	mei.Shows("form.reply")
	patient.Do(chromedp.WaitVisible(`//p[@class="status"][contains(., "writing with a person")]`))
	typingIsSeen(mei, patient)
	answerPatient(mei, "Hello, this is Mei.")
	patient.Says("Hello, this is Mei.")
}
