package diag

// Codes of lang/syntax: reading a flow file.
var (
	// UnexpectedWord is a word that cannot stand where it stands.
	UnexpectedWord = define(Code{ID: "T1001", Title: "unexpected word",
		Text: "At this place of the file something else must come. The message says what can stand here, and suggests the nearest word when yours looks like a slip of the keyboard.",
		Bad:  "state welcome {\n  sya \"Hi!\"\n}", Good: "state welcome {\n  say \"Hi!\"\n}"})
	// MissingPart is a line that ends before it is complete.
	MissingPart = define(Code{ID: "T1002", Title: "something is missing at the end of a line",
		Text: "The line stops before it is complete: a name, a text or another part is still to come. The message says which.",
		Bad:  "start\n", Good: "start welcome\n"})
	// UnclosedBrace is a `{` whose `}` is missing.
	UnclosedBrace = define(Code{ID: "T1003", Title: "a `{` without its `}`",
		Text: "Every `{` opens a block that ends with `}`. Here the block is never closed. The place where `}` should stand is judged by how the lines are indented.",
		Bad:  "state a {\n  -> b\n\nstate b { end done }", Good: "state a {\n  -> b\n}\n\nstate b { end done }"})
	// SurplusBrace is a `}` that closes nothing.
	SurplusBrace = define(Code{ID: "T1004", Title: "a `}` that closes nothing",
		Text: "There is one `}` more than there are `{`. Either this one is left over, or a `{` is missing before it.",
		Bad:  "state a {\n  -> b\n  }\n}", Good: "state a {\n  -> b\n}"})
	// MissingBrace is a block that does not open with `{`.
	MissingBrace = define(Code{ID: "T1005", Title: "a missing `{`",
		Text: "A block begins with `{` on the line that names it and ends with `}`.",
		Bad:  "state a\n  -> b\n}", Good: "state a {\n  -> b\n}"})
	// OpenText is a text whose closing quote is missing.
	OpenText = define(Code{ID: "T1006", Title: "a text without its closing quote",
		Text: "A text between quotes ends on the line it begins on. For a text of several lines use three quotes, `\"\"\"`, before and after it.",
		Bad:  "say \"Hi there!", Good: "say \"Hi there!\""})
	// OpenBlock is a text of several lines whose closing quotes are missing.
	OpenBlock = define(Code{ID: "T1007", Title: "a text without its closing `\"\"\"`",
		Text: "A text that begins with three quotes goes on until three quotes come again. Without them, everything after it would be read as part of the text.",
		Bad:  "notice \"\"\"\n  In an emergency call 911.\n\nstart welcome", Good: "notice \"\"\"\n  In an emergency call 911.\n\"\"\"\n\nstart welcome"})
	// UnknownEscape is a backslash before a character it means nothing with.
	UnknownEscape = define(Code{ID: "T1008", Title: "a backslash that means nothing",
		Text: "In a text, a backslash is written before a quote (`\\\"`), before another backslash (`\\\\`), for a new line (`\\n`) or for a tab (`\\t`), and nowhere else.",
		Bad:  `say "Mon\Fri"`, Good: `say "Mon\\Fri"`})
	// WrongQuotes are curly or single quotes around a text.
	WrongQuotes = define(Code{ID: "T1009", Title: "quotes of another kind",
		Text: "Word processors turn straight quotes into curly ones. Texts of a flow stand between straight double quotes. Curly quotes inside a text are fine.",
		Bad:  "say “Hi!”", Good: "say \"Hi!\""})
	// UpperCase is a name or word of the language with capital letters.
	UpperCase = define(Code{ID: "T1010", Title: "capital letters in a name",
		Text: "Names and the words of the language are written in lower case, so that nobody needs to remember which of two spellings was used. What the patient sees stands between quotes and may have capitals.",
		Bad:  "State Welcome { -> about }", Good: "state welcome { -> about }"})
	// WrongArrow is an arrow written another way.
	WrongArrow = define(Code{ID: "T1011", Title: "an arrow written another way",
		Text: "The way on is written `->`, a hyphen and a greater-than sign. Word processors like to turn it into one character.",
		Bad:  "otherwise → later", Good: "otherwise -> later"})
	// StrayPunctuation is a semicolon or colon.
	StrayPunctuation = define(Code{ID: "T1012", Title: "punctuation that is not needed",
		Text: "Lines need no semicolon at the end and names no colon after them.",
		Bad:  "start: welcome;", Good: "start welcome"})
	// MissingComma is a list without a comma between two of its parts.
	MissingComma = define(Code{ID: "T1013", Title: "a missing comma",
		Text: "The parts of a list are separated by commas.",
		Bad:  "send name phone to crm", Good: "send name, phone to crm"})
	// ReservedName is a word of the language used as a name.
	ReservedName = define(Code{ID: "T1014", Title: "a word of the language used as a name",
		Text: "The words that give a flow its shape, such as `state`, `ask` or `end`, cannot be names. Add another word to it.",
		Bad:  "state end { handoff }", Good: "state the-end { handoff }"})
	// HyphenInField is a field name with a hyphen.
	HyphenInField = define(Code{ID: "T1015", Title: "a hyphen in the name of a field",
		Text: "Conditions calculate with fields, and `call-time` would read as `call` minus `time`. The words of a field name are joined by `_`. States, topics and all other names may have hyphens.",
		Bad:  "field call-time time", Good: "field call_time time"})
	// MissingArrow is a way on without `->` or without its state.
	MissingArrow = define(Code{ID: "T1016", Title: "a missing arrow",
		Text: "Where the conversation goes next is written as an arrow and the name of a state: `-> welcome`.",
		Bad:  "otherwise later", Good: "otherwise -> later"})
	// OutsideState is a statement that stands outside a state.
	OutsideState = define(Code{ID: "T1017", Title: "a statement outside a state",
		Text: "What the assistant says and asks stands inside a state, between its `{` and `}`.",
		Bad:  "say \"Hi!\"", Good: "state welcome {\n  say \"Hi!\"\n}"})
	// NestedDeclaration is a declaration inside another one.
	NestedDeclaration = define(Code{ID: "T1018", Title: "a declaration inside another",
		Text: "States, fields and all other declarations stand side by side, not inside one another. Only a fragment holds states.",
		Bad:  "state a {\n  state b { end done }\n}", Good: "state a { -> b }\n\nstate b { end done }"})
	// LookAlike is a letter of another script that looks like a Latin one.
	LookAlike = define(Code{ID: "T1019", Title: "a letter that only looks like another",
		Text: "A Cyrillic `а` and a Latin `a` look the same and are different letters. Within one word they are not mixed: a name would silently be another name, and a reviewer could not see it.",
		Bad:  "start wеlcome", Good: "start welcome"})
	// DirectionCharacter is an invisible character that reorders text on the screen.
	DirectionCharacter = define(Code{ID: "T1020", Title: "an invisible character that turns the direction of text",
		Text: "Such characters make a line look different from what it is, so a reviewer would approve what they do not see. They cannot stand anywhere in a flow, comments included.",
		Bad:  "# \u202esay", Good: "# say"})
	// InvisibleCharacter is a character that is drawn as nothing, or a space that is none.
	InvisibleCharacter = define(Code{ID: "T1021", Title: "an invisible character",
		Text: "Text pasted from a web page or a word processor may hold characters that cannot be seen, such as a non-breaking space. They make two texts differ that look the same.",
		Bad:  "start\u00a0welcome", Good: "start welcome"})
	// NotNFC is text whose accented letters are stored in pieces.
	NotNFC = define(Code{ID: "T1022", Title: "letters stored in pieces",
		Text: "An accented letter can be stored as one character or as a letter followed by its accent. Flows use the first form (Unicode NFC), so that equal texts are equal bytes.",
		Bad:  "say \"man\u0303ana\"", Good: "say \"mañana\""})
	// ControlCharacter is a control byte such as NUL.
	ControlCharacter = define(Code{ID: "T1023", Title: "a control character",
		Text: "Apart from tabs and line ends a flow holds no control characters. They usually come from a damaged file or from a file that is no text at all.",
		Bad:  "start\x00 welcome", Good: "start welcome"})
	// NotUTF8 is a byte that is not part of a UTF-8 character.
	NotUTF8 = define(Code{ID: "T1024", Title: "the file is not UTF-8",
		Text: "Flow files are saved in the encoding UTF-8. Editors call it that in their Save dialog.",
		Bad:  "say \"ma\xf1ana\"", Good: "say \"mañana\""})
	// FlowTooLarge is a file beyond the size that is read.
	FlowTooLarge = define(Code{ID: "T1025", Title: "the file is too large",
		Text: "A flow file holds at most 16 MiB, enough for more than 50 000 states. A larger file is no flow, or should be several.",
		Bad:  "(a file of 20 MiB)", Good: "(two files of 10 MiB)"})
	// TooDeep is a nesting of braces deeper than any correct file has.
	TooDeep = define(Code{ID: "T1026", Title: "blocks inside blocks inside blocks",
		Text: "No correct flow has blocks more than a few levels deep. Usually a `}` is missing far above.",
		Bad:  "state a { state a { state a { …", Good: "state a { … }"})
	// TooManyErrors says that reading stopped.
	TooManyErrors = define(Code{ID: "T1027", Title: "more errors than are shown",
		Text: "After 50 errors in one file the rest is not shown. Mend these first; others may go with them.",
		Bad:  "(a file with 51 errors)", Good: "(a file with none)"})
	// BadName is a name that is not made as names are.
	BadName = define(Code{ID: "T1028", Title: "not a name",
		Text: "A name begins with a letter and has plain lower-case letters and digits; its words are joined by one `-` or `_`.",
		Bad:  "state 2nd-visit { end done }", Good: "state second-visit { end done }"})
	// StrayCharacter is a character that means nothing outside a text.
	StrayCharacter = define(Code{ID: "T1029", Title: "a character that means nothing here",
		Text: "Outside of texts, conditions and comments a flow has words, numbers and the signs `->`, `,`, `{`, `}`, `(`, `)` and `..`.",
		Bad:  "field score = number", Good: "field score number"})
	// NumberTooLarge is a number that does not fit.
	NumberTooLarge = define(Code{ID: "T1030", Title: "a number that is too large",
		Text: "Whole numbers go up to 9223372036854775807.",
		Bad:  "field n number 0..99999999999999999999", Good: "field n number 0..100"})
	// SaidTwice is a line that may stand only once.
	SaidTwice = define(Code{ID: "T1031", Title: "said twice",
		Text: "This line may stand only once in its block; with two of them it would not be clear which counts.",
		Bad:  "trigger fall { tier routine  tier emergency  en \"i fell\" }", Good: "trigger fall { tier emergency  en \"i fell\" }"})
	// FragmentWithoutStart is a fragment that does not name its first state.
	FragmentWithoutStart = define(Code{ID: "T1032", Title: "a fragment without a start",
		Text: "A fragment names the state it begins with, just as a flow does.",
		Bad:  "fragment f exits done {\n  state a { -> done }\n}", Good: "fragment f exits done {\n  start a\n  state a { -> done }\n}"})
	// CommentInGuard is a comment within a condition.
	CommentInGuard = define(Code{ID: "T1033", Title: "a comment inside a condition",
		Text: "A condition reaches from `when` to `->` and may run over several lines, but a comment cannot stand in it.",
		Bad:  "when ok # they agreed\n  -> booked", Good: "# they agreed\nwhen ok -> booked"})
	// Misplaced is a word of the language that belongs to another block.
	Misplaced = define(Code{ID: "T1034", Title: "a line that belongs elsewhere",
		Text: "Each kind of block has its own lines: a state may ask, an escalation may not, because after an escalation the assistant is silent.",
		Bad:  "escalation e {\n  ask name \"Your name?\"\n}", Good: "escalation e {\n  say \"I am passing this on.\"\n  handoff\n}"})
	// HabitWord is a word of another language for something this one has.
	HabitWord = define(Code{ID: "T1035", Title: "another word for it",
		Text: "This word comes from other tools. A flow has one word for each thing: `when` for a condition, `otherwise` for the rest, `->` for going on.",
		Bad:  "if ok -> booked\nelse -> contact", Good: "when ok -> booked\notherwise -> contact"})
	// ForeignLanguage is a text in a language that flows cannot be in.
	ForeignLanguage = define(Code{ID: "T1036", Title: "a language that is not available",
		Text: "Texts can be in English (`en`) and Spanish (`es`), because only for these the emergency triggers are kept.",
		Bad:  "say \"Hi\" fr \"Salut\"", Good: "say \"Hi\" es \"Hola\""})
	// MissingQuotes is a text without quotes.
	MissingQuotes = define(Code{ID: "T1037", Title: "a text without quotes",
		Text: "What the patient reads stands between quotes, so that it cannot be taken for words of the language.",
		Bad:  "say hello there", Good: "say \"hello there\""})
)
