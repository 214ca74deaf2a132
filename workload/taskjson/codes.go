package taskjson

import (
	"maps"

	"ecssim/model/taskdef"
)

// The codes of what makes a file unreadable; the rules of ECS follow from taskdef.CodeName (E110) on.
const (
	CodeSyntax    = "E101"
	CodeType      = "E102"
	CodeEnum      = "E103"
	CodeNotTask   = "E104"
	CodeDuplicate = "E105"
	CodeEncoding  = "E106"
	CodeText      = "E107"
	CodeDocuments = "E108"
	CodeMissing   = "E109"
	CodeSpelling  = "W102"
	CodeProtocol  = "W103"
)

// Codes returns the meaning of every code that Parse can give, one line each: the reader's and the rules'.
func Codes() map[string]string {
	codes := map[string]string{
		CodeSyntax:    "the file is not JSON",
		CodeType:      "a value has another JSON type than ECS documents, or does not fit it",
		CodeEnum:      "a value is none of the words that ECS knows",
		CodeNotTask:   "the file is empty, or JSON of something else than a task definition",
		CodeDuplicate: "a key appears twice in one object",
		CodeEncoding:  "the file is not UTF-8 text",
		CodeText:      "a size, count or range inside a string cannot be read",
		CodeDocuments: "the file holds more than one JSON value",
		CodeMissing:   "a required key is missing",
		CodeSpelling:  "an unknown key looks like a misspelt one; it is ignored",
		CodeProtocol:  "an unknown protocol, which ECS takes as tcp",
	}
	maps.Copy(codes, taskdef.Codes())
	return codes
}
