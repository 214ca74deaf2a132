package taskjson

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// want is what a value must be.
type want int

const (
	wantObject want = iota
	wantList
	wantString
	wantInt
	wantBool
	wantText // a string by the documentation, but real tools write numbers too
)

// takes reports whether a value of the kind may stand where w is wanted.
func (w want) takes(k kind) bool {
	switch w {
	case wantObject:
		return k == isObject
	case wantList:
		return k == isList
	case wantString:
		return k == isString
	case wantInt:
		return k == isNumber
	case wantBool:
		return k == isBool
	default: // wantText
		return k == isString || k == isNumber
	}
}

// shape describes the part of a task definition that ecssim reads. All other keys are AWS's and are passed over.
type shape struct {
	want   want
	what   string // for messages: "cpu of a container"
	fields map[string]*shape
	elem   *shape
	// enum lists the allowed words; soft makes another word a warning.
	enum []string
	soft bool
	// aws is the SDK's type, which knows the keys that are AWS's; prefix qualifies ignored keys below the containers.
	aws    reflect.Type
	prefix string
	// silent keys are output of ECS: they are dropped without a word.
	silent []string
	// required keys are the ones that taskdef does not ask for.
	required []string
}

func list(elem *shape) *shape { return &shape{want: wantList, elem: elem} }

func enum[T ~string](what string, values []T, more ...string) *shape {
	s := &shape{want: wantString, what: what}
	for _, v := range values {
		s.enum = append(s.enum, string(v))
	}
	s.enum = append(s.enum, more...)
	return s
}

var (
	aString = &shape{want: wantString}
	anInt   = &shape{want: wantInt}
	aBool   = &shape{want: wantBool}
	aText   = &shape{want: wantText}
)

// definition is the shape of a task definition. It is read only.
var definition = &shape{
	aws: reflect.TypeFor[types.TaskDefinition](),
	silent: []string{
		"taskDefinitionArn", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
		"deregisteredAt", "deleteRequestedAt",
	},
	fields: map[string]*shape{
		"family": aString, "revision": anInt, "cpu": aText, "memory": aText,
		"taskRoleArn": aString, "executionRoleArn": aString,
		// Windows' mode is "default" in the developer guide and `<default>`, an absent key, in the SDK.
		"networkMode": enum("network mode", types.NetworkMode("").Values(), "default"),
		"requiresCompatibilities": list(
			enum("compatibility", types.Compatibility("").Values())),
		"runtimePlatform": {
			aws: reflect.TypeFor[types.RuntimePlatform](), prefix: "runtimePlatform.",
			fields: map[string]*shape{
				"operatingSystemFamily": enum("operating system", types.OSFamily("").Values()),
				"cpuArchitecture":       enum("architecture", types.CPUArchitecture("").Values()),
			},
		},
		"placementConstraints": list(&shape{
			aws: reflect.TypeFor[types.TaskDefinitionPlacementConstraint](), prefix: "placementConstraints.",
			fields: map[string]*shape{
				"type": enum("placement constraint of a task definition",
					types.TaskDefinitionPlacementConstraintType("").Values()),
				"expression": aString,
			},
		}),
		"ephemeralStorage": {
			aws: reflect.TypeFor[types.EphemeralStorage](), prefix: "ephemeralStorage.",
			fields: map[string]*shape{"sizeInGiB": anInt},
		},
		"volumes": list(&shape{
			aws: reflect.TypeFor[types.Volume](), prefix: "volumes.",
			fields: map[string]*shape{
				"name": aString,
				"host": {
					aws: reflect.TypeFor[types.HostVolumeProperties](), prefix: "volumes.host.",
					fields: map[string]*shape{"sourcePath": aString},
				},
			},
		}),
		"containerDefinitions": list(container),
	},
}

var container = &shape{
	aws:      reflect.TypeFor[types.ContainerDefinition](),
	required: []string{"image"},
	fields: map[string]*shape{
		"name": aString, "image": aString, "essential": aBool, "privileged": aBool,
		"cpu": anInt, "memory": anInt, "memoryReservation": anInt,
		"links": list(aString),
		"portMappings": list(&shape{
			aws: reflect.TypeFor[types.PortMapping](), prefix: "portMappings.",
			fields: map[string]*shape{
				"containerPort": anInt, "hostPort": anInt, "containerPortRange": aString,
				"protocol": softly(enum("protocol", types.TransportProtocol("").Values())),
			},
		}),
		"resourceRequirements": list(&shape{
			aws: reflect.TypeFor[types.ResourceRequirement](), prefix: "resourceRequirements.",
			fields: map[string]*shape{
				"type":  enum("resource type", types.ResourceType("").Values()),
				"value": aText,
			},
		}),
		"startTimeout": anInt, "stopTimeout": anInt,
		"dependsOn": list(&shape{
			aws: reflect.TypeFor[types.ContainerDependency](), prefix: "dependsOn.",
			fields: map[string]*shape{
				"containerName": aString, "condition": enum("condition", types.ContainerCondition("").Values()),
			},
		}),
		"healthCheck": {
			aws: reflect.TypeFor[types.HealthCheck](), prefix: "healthCheck.",
			required: []string{"command"},
			fields: map[string]*shape{
				"command": list(aString), "interval": anInt, "timeout": anInt, "retries": anInt, "startPeriod": anInt,
			},
		},
		"restartPolicy": {
			aws: reflect.TypeFor[types.ContainerRestartPolicy](), prefix: "restartPolicy.",
			fields: map[string]*shape{"enabled": aBool, "restartAttemptPeriod": anInt, "ignoredExitCodes": list(anInt)},
		},
		"secrets": secrets("secrets."),
		"logConfiguration": {
			aws: reflect.TypeFor[types.LogConfiguration](), prefix: "logConfiguration.",
			fields: map[string]*shape{
				"logDriver":     enum("log driver", types.LogDriver("").Values()),
				"secretOptions": secrets("logConfiguration.secretOptions."),
			},
		},
		"repositoryCredentials": {
			aws: reflect.TypeFor[types.RepositoryCredentials](), prefix: "repositoryCredentials.",
			fields: map[string]*shape{"credentialsParameter": aString},
		},
	},
}

// secrets are counted only; what they are called and where they come from is known to be theirs.
func secrets(prefix string) *shape {
	return list(&shape{
		aws: reflect.TypeFor[types.Secret](), prefix: prefix,
		fields: map[string]*shape{"name": aString, "valueFrom": aString},
	})
}

// aliases are other tools' words for what ECS spells differently; spelling distance would lead astray.
var aliases = map[string]string{"amd64": "X86_64", "x64": "X86_64", "x86-64": "X86_64", "aarch64": "ARM64"}

func softly(s *shape) *shape {
	s.soft = true
	return s
}

// awsKnows reports whether the key belongs to the SDK's type, in the spelling of the API.
func (s *shape) awsKnows(key string) bool {
	if s.aws == nil || key == "" || key[0] < 'a' || key[0] > 'z' {
		return false
	}
	f, ok := s.aws.FieldByName(strings.ToUpper(key[:1]) + key[1:])
	return ok && f.IsExported()
}

// keys lists the keys of an object that are read, sorted.
func (s *shape) keys() []string { return slices.Sorted(maps.Keys(s.fields)) }
