package postgres_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
)

func TestKill(t *testing.T) {
	t.Parallel()
	data := newData(t)
	storetest.Kill(t, storetest.Killing{
		Env: words(data),
		Host: func(t *testing.T) (*session.Host, func()) {
			t.Helper()
			host, closeAll, err := hostOf(func(name string) string { return data[name] })
			if err != nil {
				t.Fatal(err)
			}
			return host, closeAll
		},
	})
}
