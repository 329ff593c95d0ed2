package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

type versionCmd struct {
	Sbom bool `help:"Print what the program is made of, as CycloneDX JSON."`
}

// Run prints the module version and revision the binary was built from, or the modules in it.
func (cmd *versionCmd) Run(c *console) error {
	if !cmd.Sbom {
		_, err := fmt.Fprintln(c.out, "tacet", version())
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ioError(fmt.Errorf("this program was built without saying what is in it"))
	}
	return cdx.NewBOMEncoder(c.out, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bill(info))
}

// bill lists the modules of a build, in order of name (CycloneDX, ECMA-424). It carries no time and no serial number, so that
// the same build has the same bill. The hash that Go's checksum database vouches for stands beside each module.
func bill(info *debug.BuildInfo) *cdx.BOM {
	component := func(m *debug.Module, version string) cdx.Component {
		url := "pkg:golang/" + m.Path + "@" + version
		c := cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: url, Name: m.Path, Version: version, PackageURL: url}
		if m.Sum != "" {
			c.Properties = &[]cdx.Property{{Name: "go:sum", Value: m.Sum}}
		}
		return c
	}
	program := component(&info.Main, version())
	program.Type = cdx.ComponentTypeApplication
	components := []cdx.Component{{
		Type: cdx.ComponentTypePlatform, BOMRef: "go", Name: "go", Version: info.GoVersion,
	}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		components = append(components, component(m, m.Version))
	}
	slices.SortFunc(components, func(a, b cdx.Component) int { return cmp.Compare(a.BOMRef, b.BOMRef) })
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &program}
	bom.Components = &components
	return bom
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" {
		return "(devel)"
	}
	return v
}
