// Package taskjson reads task definitions as AWS writes them: the JSON of `aws ecs register-task-definition`, of
// `describe-task-definition` with its wrapper, and of recorded API responses.
//
// In flow the bytes of one file; out flow a taskdef.TaskDefinition and every problem of the file at once, each with
// line and column. The types of the AWS SDK (ecs/types) are the reader; around them stands what encoding/json lacks:
// positions, all type errors instead of the first, duplicate keys, unknown enum values and spelling hints.
//
// The package opens no files and prints nothing.
package taskjson
