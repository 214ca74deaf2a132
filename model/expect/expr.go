package expect

// Expr is an expression that was read.
type Expr struct {
	text string
}

// Named is an expectation of a scenario: Text is as it stands there.
type Named struct {
	Name, Text string
	Expr       *Expr
}

// Error is why a text is no expression: the characters from Offset on, Length of them, counted from 0.
type Error struct {
	Offset, Length int
	Message, Help  string
}

func (e *Error) Error() string { return e.Message }

// Parse reads an expression. Its error is an *Error.
func Parse(text string) (*Expr, error) { return &Expr{text: text}, nil }

// String is the expression as it is written.
func (e *Expr) String() string { return e.text }
