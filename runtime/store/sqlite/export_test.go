package sqlite

// OnLayer puts a file layer below a store.
func OnLayer(o Options, name string) Options {
	o.layer = layer(name)
	return o
}

// OpenKeysOn is OpenKeys on a file layer.
func OpenKeysOn(name, path string) (*Keys, error) { return openKeys(layer(name), path) }
