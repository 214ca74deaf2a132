package report

// FolderOptions says how a result folder is written.
type FolderOptions struct {
	// Force writes into a folder that ecssim did not write.
	Force bool
}

// WriteFolder writes everything that a set has to say into a folder.
func WriteFolder(dir string, set Set, opts FolderOptions) error { return nil }
