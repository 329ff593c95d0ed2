package text

// A person tells of their own health, or of somebody close, when a frame ("I have", "she takes", "me operaron de")
// meets a term. Neither alone is enough: "do you treat diabetes?" and "I have an appointment" are harmless.

// Verbs that make a statement with a term of a class.
var (
	haveVerbs = wordSet(`carrier carrying tenemos tienen have has had having got get gets getting suffer suffers suffered suffering develop developed developing diagnosed treated treating battling battle battled dealing deal dealt living live struggle struggling survived survive beat caught catch carry carries
 recovering recovery remission history positive experiencing experience experienced feel feeling felt notice noticed contracted found say says hx dx
 tengo tiene tuve tuvo tenido teniendo tenia padezco padece padecia sufro sufre sufri diagnosticaron diagnosticada diagnosticado detectaron dio salio salieron encontraron dieron siento sentia vivo contraje agarre traigo ando born nacio nacieron naci came come break broke breaking died lost murio fallecio perdi con llevo lleva dan da daban diagnostico detecto encontro tratando trato controlan voy salen sale see seeing wear wears going through finished finish undergoing underwent antecedentes historial problemas superviviente`)
	takeVerbs = wordSet(`take takes taking took on use uses using used prescribed prescribe prescribes inject injecting injected stopped stop started start starting quit put pop popping need needs currently have has had got break broke tomar
 tomo toma tomando tomaba tome empezaron empezo empezando ponen recibo recibe recetaron receto uso usa usando inyecto inyecta pongo deje empece estoy con tengo ocupo dejado tomado`)
	doneVerbs = wordSet(`have has had having got gotten get getting underwent did done needed scheduled removed since hago hace hacen haciendo haciendome after finished finishing finish survived following through post
 operaron operada operado opero hicieron hice hizo tuve tuvo tenido quitaron sacaron saco puse pusieron puso practicaron tengo desde despues realizaron hecho hecha operacion operar operare encontraron encontro detectaron detecto took removed uso usa use uses wear wears hizo operan lost broke tore had`)
	beVerbs = wordSet(`am is was were been being be are becoming became feeling feel feels felt get gets getting got
 soy es estoy esta eres era quede quedo sali salio ando anda estaba estuve siento siente sentia sentimos resulte have has had got usa uso tengo tiene llevo lleva con voy sigo sigue use uses wear wears`)
	// asking words before the verb make of a statement a question or a wish.
	wishWords    = wordSet("want wants wanted like need interested thinking considering planning plan can could should may would will if unless whether do does did going gonna hoping love wish how before puedo puede podria quiero quisiera gustaria necesito voy va pienso pensando planeo deberia interesa to hacerme ponerme hacerse")
	hypothetical = wordSet("if unless whether si suppose when whenever cuando while mientras")
	// blockers are what one has, gets or takes that is no illness though one may stand behind it.
	blockers     = wordSet("question questions appointment appointments appt consultation consult consultations coupon gift card friend friends class classes interest certificate book plan insurance deductible meeting call experience referral quote deal package membership job booking session slot program support account membership party conference study pregunta preguntas cita consulta cupon amiga amigo clase seguro reunion llamada experiencia presupuesto paquete sesion curso")
	modifiers    = wordSet("for with and or of in de del la el los las y o con e a an the my mi very really some bad severe mild chronic active uncontrolled controlled untreated type stage grade tipo grado etapa por para poco mucha mucho muy bastante un una")
	possessive   = wordSet("my mi mis our his her their su sus")
	spanishOwn   = wordSet("recai vomite aborte puedo me tenemos tengo tuve tomo padezco sufro sufri soy estoy uso vivo llevo quede sali perdi opere rompi voy empece deje ando traigo siento fumo puse hice agarre contraje pongo inyecto tomaba era estaba resulte me tenia vivimos")
	spanishOther = wordSet("tiene tuvo padece sufre toma usa le les esta es anda sufria")
	headings     = wordSet("history conditions condition medications medication meds medicines allergies allergy allergic diagnosis diagnosed hx pmh dx medicamentos medicinas alergias antecedentes enfermedades padecimientos diagnostico historial historia alergica alergico currently taking on takes")
)

// boundClasses are met by the verbs of their class alone; the others by any that makes a statement of health.
var boundClasses = map[string]bool{procedureClass: true, measureClass: true, ailingClass: true, habitClass: true, stateClass: true}

var anyVerbs = haveVerbs.with(takeVerbs).with(doneVerbs)

// frameReach is how many words may stand between a frame and its term.
const frameReach = 6

func (d *detector) health() {
	for i := 0; i < len(d.tokens); {
		class, n := d.termAt(i)
		if n == 0 {
			i++
			continue
		}
		d.statement(class, i, i+n)
		i += n
	}
	d.openHealth()
	d.injuries()
}

// statement reports tokens[from:to], a term of the class, if a person in particular says that it is so.
func (d *detector) statement(class string, from, to int) {
	c := clauseOf(d.tokens, from, to)
	if c.aboutSomething() || d.ofAnimal(&c) || d.exaggerates(&c) || d.generalAfter(to) || to == from+1 && headings.holds(d.number[from]) && d.colonAt(from) {
		return
	}
	start, about := -1, ""
	switch class {
	case medicineClass:
		start, about = d.framed(&c, takeVerbs, true)
	case operationClass:
		start, about = d.framed(&c, doneVerbs, false)
	case procedureClass:
		start, about = d.framed(&c, doneVerbs, true)
		if start >= 0 && !d.pastProcedure(start, from, to) {
			return
		}
	case stateClass:
		start, about = d.framed(&c, beVerbs, false)
	case measureClass:
		start, about, to = d.measure(&c)
	case ailingClass:
		start, about = d.ailing(&c)
	case habitClass:
		start, about = d.habit(&c)
	default:
		start, about = d.framed(&c, haveVerbs, false)
	}
	if start < 0 && class == symptomClass {
		start, about = d.ailing(&c)
	}
	if start < 0 && !boundClasses[class] {
		start, about = d.framed(&c, anyVerbs, class == medicineClass)
	}
	if start < 0 && class != procedureClass && class != ailingClass && class != habitClass && class != measureClass {
		start, about = d.unframed(&c, class)
	}
	if start < 0 {
		start, about = d.continued(&c)
	}
	if start < 0 && d.inFamily(&c) {
		start, about = from, "other"
	}
	if start < 0 && (class == symptomClass || class == conditionClass) {
		start, about = d.located(&c)
	}
	if start < 0 || about == "" || d.deniedHealth(&c, start) {
		return
	}
	d.reportHealth(class, about, start, to)
}

// ofAnimal says whether the sentence tells of a pet.
func (d *detector) ofAnimal(c *clause) bool {
	for i := c.begin; i < c.from; i++ {
		if animals.holds(d.number[i]) {
			return true
		}
		if d.has(i, kinship) {
			return false
		}
	}
	return false
}

// exaggerates says whether what is told nearly happened: "casi me da un infarto", "that price almost gave me a heart attack".
func (d *detector) exaggerates(c *clause) bool {
	for i := max(c.begin, c.from-4); i < c.from; i++ {
		if nearly.holds(d.number[i]) && i+1 < len(d.canon) && (d.canon[i+1] == "me" || d.canon[i+1] == "gave" || d.canon[i+1] == "giving") {
			return true
		}
	}
	return false
}

var (
	animals = wordSet("dog dogs puppy cat cats kitten horse hamster rabbit parrot pet pets perro perra perrito perrita gato gata gatito gatita mascota caballo conejo loro cachorro")
	nearly  = wordSet("casi almost nearly practically")
)

// inFamily reads "breast cancer runs in my family".
func (d *detector) inFamily(c *clause) bool {
	for i := c.to; i < min(c.end, c.to+5); i++ {
		if d.canon[i] == "family" || d.canon[i] == "familia" {
			return d.is(i-1, possessive) || d.canon[i-1] == "the" || d.canon[i-1] == "la"
		}
	}
	return false
}

// located reads "pus coming out of my incision", "bolitas en mi cara": a symptom with the place where it is.
func (d *detector) located(c *clause) (int, string) {
	if d.tokens[c.end-1].after == question {
		return -1, ""
	}
	for i := c.to; i+1 < min(c.end, c.to+6); i++ {
		if d.canon[i] == "my" || d.canon[i] == "mi" || d.canon[i] == "mis" {
			for k := i + 1; k < min(c.end, i+3); k++ {
				if d.has(k, tender) {
					return c.from, "self"
				}
			}
		}
	}
	return -1, ""
}

// continued says whether the term goes on with the statement before it: "I have lupus and arthritis", "…, on Xarelto".
func (d *detector) continued(c *clause) (int, string) {
	if len(d.findings) == 0 || d.findings[len(d.findings)-1].Type != "health" {
		return -1, ""
	}
	last := d.findings[len(d.findings)-1]
	end := d.tokenAt(last.to - 1)
	if end < c.begin || end >= c.from || c.from-end > 5 {
		return -1, ""
	}
	for i := end + 1; i < c.from; i++ {
		if !modifiers.holds(d.number[i]) && !takeVerbs.holds(d.number[i]) && !haveVerbs.holds(d.number[i]) && !littleWords.holds(d.number[i]) && !d.termToken(i) {
			return -1, ""
		}
	}
	return c.from, last.About
}

func (d *detector) reportHealth(class, about string, start, to int) {
	d.report("health", int(d.tokens[start].from), int(d.tokens[to-1].to), rankContext, ActionFlag)
	last := &d.findings[len(d.findings)-1]
	last.About = about
	switch class {
	case medicineClass, operationClass, procedureClass, stateClass, measureClass, symptomClass, ailingClass, habitClass:
	default:
		last.Class = class
	}
}

// framed looks leftwards from the term for a possessive, or a verb of the set with its subject, and returns where the
// statement begins and whom it is about. strict: a wish or a question before the verb takes it back.
func (d *detector) framed(c *clause, verbs wordBits, strict bool) (int, string) {
	for i := c.from - 1; i >= max(c.begin, c.from-frameReach); i-- {
		w := d.number[i]
		switch {
		case blockers.holds(w) && c.from-i > 0:
			return -1, ""
		case turns.holds(w):
			return -1, ""
		case possessive.holds(w) && c.from-i <= 3 && d.onlyModifiers(i+1, c.from):
			if d.wishBefore(c, i) && strict {
				return -1, ""
			}
			return d.possessed(c, i)
		case verbs.holds(w):
			if start, about := d.subject(c, i, strict); about != "" {
				return start, about
			}
		case d.has(i, anyoneWord) && !d.has(i, kinship):
			return -1, ""
		}
	}
	return -1, ""
}

// turns begin a new statement.
var turns = wordSet("but however although though pero aunque sino")

// possessed is whom "my", "his" at token i is about: "my mother's diabetes" is hers.
func (d *detector) possessed(c *clause, i int) (int, string) {
	switch {
	case d.has(i, ownWord):
		for k := i + 1; k < c.from; k++ {
			if d.has(k, kinship) {
				return i, "other"
			}
		}
		return i, "self"
	case d.has(i, thirdOne) || d.canon[i] == "su" || d.canon[i] == "sus" || d.canon[i] == "their":
		return i, "other"
	}
	return -1, ""
}

// onlyModifiers says whether nothing but qualities stands between a possessive and its term.
func (d *detector) onlyModifiers(from, to int) bool {
	for i := from; i < to; i++ {
		if d.tokens[i].after >= comma || !modifiers.holds(d.number[i]) && !qualities.holds(d.number[i]) && !d.has(i, kinship|tender) && !d.termToken(i) {
			return false
		}
	}
	return true
}

var qualities = wordSet("first second third last recent current previous old new own high low early late ongoing long short term terrible horrible awful awfully crazy constant frequent occasional slight minor major past prior serious existing known family left right upper lower entire whole primer primera segundo segunda ultimo ultima propia propio alta alto terrible antiguo antigua reciente izquierda derecha")

// subject finds who has, takes or is: the words before the verb at token i. A sentence that begins with the verb is about
// the patient.
func (d *detector) subject(c *clause, i int, strict bool) (int, string) {
	about, start := "", i
	if spanishOwn.holds(d.number[i]) {
		about = "self"
	}
	if spanishOther.holds(d.number[i]) {
		about = "other"
		if d.has(i, thirdOne) {
			about = ""
		}
	}
	for k := i - 1; k >= max(c.begin, i-5); k-- {
		w := d.canon[k]
		if d.tokens[k].after >= comma && k < i-1 && about != "" {
			break
		}
		switch {
		case strict && wishWords.holds(d.number[k]) && (d.is(k+1, nots) || d.is(k-1, nots)): // "I can't take …", "no puedo tomar …"
			if spanishOwn.holds(d.number[k]) {
				about, start = "self", k-1
			}
		case d.supposes(c, k), strict && wishWords.holds(d.number[k]), wishAsk(d, c, k):
			return -1, ""
		case d.has(k, kinship):
			about, start = "other", k
			if d.has(k-1, ownWord) {
				start = k - 1
			}
			return start, d.unlessWished(c, start, strict, about)
		case w == "me" && about == "" && i-k <= 2, spanishOwn.holds(d.number[k]) && about == "":
			about, start = "self", k
		case d.has(k, ownWord) && w != "me" && !possessive.holds(d.number[k]):
			return k, d.unlessWished(c, k, strict, "self")
		case d.has(k, thirdOne) && w != "his" && w != "her" && w != "el":
			return k, d.unlessWished(c, k, strict, "other")
		case w == "le" || w == "les":
			about, start = "other", k
		case toldVerbs.holds(d.number[i]) && (w == "they" || w == "you"):
			about, start = d.toldTo(c), k
		case d.has(k, anyoneWord):
			return -1, ""
		}
	}
	if about == "" && toldVerbs.holds(d.number[i]) {
		about = d.toldTo(c)
	}
	if about == "" && (i == c.begin || i == c.begin+1 && (frameFillers.holds(d.number[c.begin]) || begunWords.holds(d.number[c.begin]))) && d.tokens[c.end-1].after != question {
		about = "self"
	}
	return start, about
}

// begunWords begin a statement that leaves out who it is about: "been on Zoloft since college".
var begunWords = wordSet("been currently presently already still recently")

// toldVerbs are what a doctor does: "they found a tumor in my breast".
var toldVerbs = wordSet("found diagnosed removed put told say says said discovered detected prescribed started took")

// toldTo is whom a doctor's finding is about, by the pronouns of the sentence.
func (d *detector) toldTo(c *clause) string {
	for k := c.begin; k < c.end; k++ {
		switch {
		case d.has(k, kinship):
			return "other"
		case d.has(k, ownWord):
			return "self"
		}
	}
	return ""
}

var (
	nots        = wordSet("not no")
	askingVerbs = wordSet("can could should do does may will would did")
)

// wishAsk says whether token k opens a question to the practice ("do you have", "can I take").
func wishAsk(d *detector, c *clause, k int) bool {
	return k == c.begin && (d.canon[k] == "do" || d.canon[k] == "does" || d.canon[k] == "can" || d.canon[k] == "should") && c.tokens[c.end-1].after == question
}

// comesAnyway says whether the condition at token k is the patient's own, put to the question whether to come with it: "can I
// still come if I have shingles".
func (d *detector) comesAnyway(c *clause, k int) bool {
	if !d.is(c.begin, mayVerbs) || !d.is(k, ifWords) || !d.has(k+1, ownWord) && (k+1 >= len(d.canon) || !spanishOwn.holds(d.number[k+1])) {
		return false
	}
	for i := c.begin; i < k; i++ {
		if comeVerbs.holds(d.number[i]) {
			return true
		}
	}
	return false
}

var (
	mayVerbs  = wordSet("can could should may do puedo podria podre debo igual")
	comeVerbs = wordSet("come go attend visit ir venir asistir acudir presentarme voy")
)

// supposes says whether token k opens a condition. Spanish "si" is a "yes" as well: it is a condition if a question or
// what would follow from it comes after.
func (d *detector) supposes(c *clause, k int) bool {
	if d.comesAnyway(c, k) {
		return false
	}
	if d.canon[k] != "si" {
		return hypothetical.holds(d.number[k])
	}
	if d.tokens[c.end-1].after == question {
		return true
	}
	for i := k + 1; i < c.end; i++ {
		if consequences.holds(d.number[i]) {
			return true
		}
	}
	return false
}

var consequences = wordSet("puedo puede podria podre pasa afecta debo necesito hay aplica importa cubre operarme hacerme ponerme can could should is does would will")

// unlessWished takes the person back if the statement that begins at token start is only wished for or asked about.
func (d *detector) unlessWished(c *clause, start int, strict bool, about string) string {
	if start > c.begin && askingVerbs.holds(d.number[start-1]) {
		return ""
	}
	for k := start - 1; k >= max(c.begin, start-2); k-- {
		if d.supposes(c, k) || strict && wishWords.holds(d.number[k]) {
			return ""
		}
	}
	return about
}

func (d *detector) wishBefore(c *clause, i int) bool {
	for k := i - 1; k >= max(c.begin, i-4); k-- {
		if wishWords.holds(d.number[k]) {
			return true
		}
	}
	return false
}

// pastProcedure says whether the words from start on tell of an aesthetic procedure as done, not as wished for.
func (d *detector) pastProcedure(start, from, to int) bool {
	for i := max(0, start-3); i < from; i++ {
		if wishWords.holds(d.number[i]) && !donePast.holds(d.number[i]) {
			return false
		}
	}
	for i := start; i < from; i++ {
		if donePast.holds(d.number[i]) {
			return true
		}
	}
	return false
}

var donePast = wordSet("had got gotten did done underwent since hicieron hice puse pusieron operaron opero hizo tuve desde quitaron operada operado hecho realizaron")

// generalAfter says whether what follows the term makes it a thing of others: "diabetes patients", "cancer survivors".
func (d *detector) generalAfter(i int) bool {
	return i < len(d.tokens) && d.tokens[i-1].after == noPause && (d.has(i, anyoneWord) && !d.is(i, notGeneral) || d.is(i, trades))
}

var (
	notGeneral = wordSet("you your yours they them their those others uno una usted ustedes quien")
	trades     = wordSet("treatment treatments cream class specialist doctor clinic center medication surgeon department ad ads test line")
)

// deniedHealth finds a denial between the subject, or the few words before it, and the term.
func (d *detector) deniedHealth(c *clause, start int) bool {
	for i := max(c.begin, start-3); i < c.from; i++ {
		if !denials.holds(d.number[i]) || d.canon[i] == "no" && d.tokens[i].after >= comma {
			continue
		}
		// "I can't take ibuprofen" tells of a reason.
		if i > 0 && (d.canon[i-1] == "can" || d.canon[i-1] == "could") || i+1 < c.from && (d.canon[i+1] == "puedo" || d.canon[i+1] == "puede") {
			continue
		}
		if i < start && contrast.holds(d.number[min(i+1, c.from)]) {
			continue
		}
		return true
	}
	return false
}

var denials = wordSet("not never no nunca without sin ni ningun ninguna neither denies niego tampoco")

// unframed judges a term without a verb: a list after a heading ("Medications: …", "History of …"), a whole answer that
// is nothing but terms, or one that begins the sentence ("Diabetic here").
func (d *detector) unframed(c *clause, class string) (int, string) {
	if len(d.tokens) == c.to-c.from && d.respelt[c.from] {
		return -1, ""
	}
	if d.tokens[c.end-1].after == question && !(class == stateClass && c.from == c.begin && (d.tokens[c.to-1].after == comma || d.is(c.to, hereWord))) {
		return -1, ""
	}
	i := c.from - 1
	for i >= c.begin && (d.termToken(i) || modifiers.holds(d.number[i])) {
		i--
	}
	switch {
	case i >= c.begin && (headings.holds(d.number[i]) && d.headed(c, i)):
		return min(i+1, c.from), "self"
	case i >= c.begin:
		return -1, ""
	case class == stateClass:
		return c.begin, "self"
	}
	for k := c.to; k < c.end; k++ {
		if !d.termToken(k) && !modifiers.holds(d.number[k]) && !hasDigits(d.canon[k]) && !answerWords.holds(d.number[k]) {
			return -1, ""
		}
	}
	if class == symptomClass || len(d.tokens) > 12 || c.begin > 0 && c.from == c.begin && d.tokens[c.begin-1].after == question {
		return -1, ""
	}
	return c.from, "self"
}

var hereWord = wordSet("here")

// headed says whether the heading at token i speaks of the patient: it begins the sentence, or a colon follows.
func (d *detector) headed(c *clause, i int) bool {
	if d.colonAt(i) && d.tokens[i].after >= comma {
		return true
	}
	for k := c.begin; k < i; k++ {
		if !headings.holds(d.number[k]) && !modifiers.holds(d.number[k]) && d.canon[k] != "medical" && d.canon[k] != "past" && !answerWords.holds(d.number[k]) {
			return false
		}
	}
	return i+1 < len(d.canon) && i+1 <= c.from && d.tokens[i].after <= comma && !spanishVerbless.holds(d.number[i])
}

// spanishVerbless headings need their colon: "historia" begins too many sentences.
var spanishVerbless = wordSet("historia condition diagnosis takes")

func (d *detector) termToken(i int) bool {
	_, n := d.termAt(i)
	return n > 0
}
