package text

import "strings"

// cueSet is a set of short word sequences, found by their first word.
type cueSet struct{ byFirst map[string][][]string }

func cues(phrases string) *cueSet {
	out := &cueSet{byFirst: map[string][][]string{}}
	for p := range strings.SplitSeq(phrases, ",") {
		words := strings.Fields(p)
		if len(words) > 0 {
			out.byFirst[words[0]] = append(out.byFirst[words[0]], words)
		}
	}
	return out
}

// Words and phrases that open, bridge or end a scope. They are written as tokens: folded, contractions written out.
var (
	stateVerbs       = wordSet("is are was were has have had am been being esta estan es ha han ve")
	inherentNegation = wordSet("not no without never sin nunca stopped stop dejo falta")
	englishWords     = wordSet(`the a an of or and is are was i my have has had any with for to in on at since just still this that it not do did but you your all fine here
 pain bleeding swelling fever issues problems symptoms signs trouble`)
	spanishWords = wordSet("el la los las un una de del o y es esta son yo mi tengo tiene he ha con por para en desde que se me le lo pero muy nada todo bien ni al su")
	contrast     = wordSet(`but however although though except yet still now currently today tonight suddenly instead whereas
 pero aunque sino ahora salvo excepto hoy repente`)
	joiners         = wordSet("and so because cause since plus then and y e porque pues entonces ademas")
	statementStarts = wordSet(`i he she it they we my his her their there you this that is are am have has can keep feel
 yo el ella me se le mi su tengo tiene estoy esta siento siente tambien sigo no`)
	englishSubjects = wordSet("i he she we they my it there this that please sorry wait actually")

	strongNegation = wordSet("without denies deny denied denying never none neither nor sin nunca jamas ningun ninguna niega tampoco ni cero zero")
	nobody         = wordSet("nobody nadie none ninguno ninguna")
	doVerbs        = wordSet("do does did")
	inability      = wordSet("can could will would must")
	unsure         = wordSet("sure certain know knowing sabe")
	only           = wordSet("only just solo solamente")
	certainCues    = cues("know if, sure if, know whether, se si, doubt, duda, know what, se que, se como, se donde, se cual, se cuando, se por que")
	listWords      = wordSet("or nor and o ni u y")
	formDenials    = wordSet("no none denied never negative nunca ninguno ninguna niega negativo")
	formAnswers    = wordSet("yes no none denied never negative si nunca ninguno ninguna niega negativo")
	replyDenials   = wordSet("no nope nah never none negative nunca jamas ninguno ninguna negativo para nada at all")
	askedWith      = wordSet("any some have has had you he she they did do does are is there ever been having feel feeling felt experienced noticed history of current recent now today lately or and of with a " +
		"ha han tenido tiene tienes tuvo alguna algun algunos algunas algo de o y u hay siente sientes sentido notado ultimamente hoy ahora un una el la thoughts pensamientos")
	negatable = wordSet(`have having had has feel feeling felt feels experience experiencing experienced get getting got been being is are
 seeing notice noticing suffering suffer show showing develop developed want wanting wants trying try planning thinking considering going
 attempted happened
 tengo tiene tenia tienen tenido tuve tuvo he ha siento siente hay es estoy esta presento presenta padezco sufro sufre quiero quiere pienso
 he sentido haber habido noto nota voy intente he`)
	bridgeWords = wordSet(`any a an the of in my more new other further trouble problem problems sign signs symptom symptoms kind sort type in
 to at all real actual current currently longer ever been even with about really feeling having it me or from on for thoughts
 de del ningun ninguna nada en mas otro otra ningun signo signos sintoma sintomas problema problemas para al a con tipo me se le yo`)
	spanishPronouns = wordSet("me te se le les lo la nos los las ha he")
	symptomWords    = stems(`fever chills rash pain nausea vomiting dizziness swelling bleeding cough numbness weakness headache itching redness
 shortness breath wheezing discharge bruising sweating palpitations allergies seizures infection symptoms issues problems fainting tightness pressure
 fiebre escalofrios ronchas dolor dolores nauseas vomito mareo mareos hinchazon sangrado tos entumecimiento debilidad comezon enrojecimiento
 alergias convulsiones infeccion sintomas molestias falta aire desmayo presion`)

	stoppedCues = cues("descarta lo de, descarten lo de, olvide lo de, olvida lo de, olviden lo de, ignore lo de, false alarm about, false alarm on, scratch what i said about, forget what i said about, stopped, quit, ended, no longer, no more, free of, negative for, ruled out, dejo de, paro de, deje de, ya no, dejaron de, libre de")
	goneCues    = cues(`not anymore, not any more, no longer, recovered, fully recovered, long healed, healed, he is fine, she is fine, is fine now, i am fine, am fine now, doing great, ya esta bien, ya sano, ya estoy bien, ya estoy muy bien, quede bien, quedo bien, ya tiene anos, ya paso hace, none since, never again, not since, nunca mas, ya no mas, has gone down, went down, is gone, are gone, has gone, all gone, is under control, ya bajo, ya se quito, ya cedio, ya no tengo, no he vuelto, no ha vuelto, gone, went away, resolved, has stopped, stopped, is over, was ruled out, ruled out, disappeared, cleared up, subsided, is better now,
 negative, ya paso, ya se fue, se fue, desaparecio, se me quito, se me paso, ya paro, ya no, se quito, paro`)
	almostCues   = cues("nearly, almost, about, practically, literally, casi, por poco")
	laughCues    = cues("of laughter, of laughing, laughing, of embarrassment, of boredom, of shame, of curiosity, of excitement, of hunger, de risa, de ganas, de verguenza, de hambre, de sueno, de aburrimiento, de la risa, de la pena, de pena, de envidia, de curiosidad, de amor, de calor, de frio, de cansancio, de nervios, de emocion, de celos, de antojo, from laughing, of jealousy")
	surpriseCues = cues("when i saw, when i heard, when i found out, when i looked, when i read, looking at, seeing the, cuando vi, cuando lei, cuando me dijeron, al ver")
	returns      = wordSet("back again returned otra volvio regreso")

	historyOf = cues(`history of, family history, used to, when i was, as a child, as a kid, as a teen, in the past, years ago, back in, previously, prior,
 childhood, survivor of, antecedentes, antecedente, historial de, de nino, de nina, de joven, cuando era, en el pasado, hace anos, antes tenia, died of, died from,
 murio de, fallecio de, passed away from, passed away of, passed from`)
	longAgoCues = cues(`in my 20s, in my 30s, in my 40s, in my thirties, in my forties, in his twenties, in her twenties, in his 20s, in her 20s, a mis veintes, a los veinte, de soltera, de soltero, de recien casada, a long time ago, hace mucho tiempo, when i was six, as a teen, as an adolescent, in elementary, in middle school, in grade school, in my childhood, back in the day, in the eighties, in the nineties, in the army, in a past life, de chiquita, de chiquito, de adolescente, en la prepa, en la secundaria, en la universidad, en mi adolescencia, en mi ninez, a long while back, once before, last year, years ago, year ago, decades ago, long ago, months ago, month ago, as a child, as a kid, as a baby, as a teenager, when i was a,
 when i was young, when i was little, when i was younger, in the past, in my past, in my teens, in my twenties, in high school, in college, back then,
 el ano pasado, hace anos, hace muchos anos, hace mucho, hace tiempo, hace meses, de nino, de nina, de joven, cuando era, en mi juventud, en el pasado, en la infancia`)
	spans      = wordSet("years year decades decade months anos ano meses decadas")
	ago        = wordSet("ago back earlier before atras")
	agoBefore  = wordSet("hace hacia")
	beforeYear = wordSet("in since of back around year during en desde del ano")
	nowCues    = cues(`now, again, still, right now, currently, today, tonight, this morning, just now, anymore, happening again, came back, is back, started again,
 ahora, otra vez, de nuevo, todavia, aun, sigo, sigue, ahorita, hoy, esta manana, esta noche, anoche, last night, volvio`)
	presentCues = cues(`i have, i am, am having, is having, are having, have been, has been, i feel, feels, he is, she is, they are, it is, is, hurts, hurting, aches, i can not, can not,
 tengo, estoy, siento, tiene, esta, me duele, me esta, no puedo, se esta, sufro`)

	ifWords        = wordSet("if when whenever si cuando unless")
	beforeIf       = wordSet("pero ahora eso as like know sure wonder wondering see ask asking unsure tell se saber parece feels idea")
	willWords      = wordSet("will gonna going would voy vamos")
	incaseCues     = cues("say a person, say someone, say somebody, say a client, say a customer, suppose someone, suppose somebody, supongamos que, digamos que alguien, in case, in the event, if ever, ever get, ever have, ever had, en caso de, por si, en el caso, were to, was to, si alguna vez, llegara a, llegase a, si me llega, algun dia, someday")
	somedayCues    = cues("algun dia, someday, one day, ever happens, ever happened")
	adviceCues     = cues("what do i do, what should i do, do i need, should i go, should i call, should i come, que hago, que debo hacer, debo ir, debo llamar, what to do")
	firstPersonNow = cues(`i have, i am, i feel, i think i, i just, i can not, i keep, my chest, my face, my arm, my throat, my lip, my lips, my skin, i got, i took, i was, i do, am i, i need,
 my husband, my wife, my son, my daughter, my mom, my dad, my mother, my father, my baby, my friend, he is, she is, having, since the, since my, right now, me duele, tengo, estoy, siento, me siento,
 creo que, no puedo, me tome, mi esposo, mi esposa, mi hijo, mi hija, mi mama, mi papa, me esta, se me, me dio, le duele, esta, i want, quiero, voy a`)
	happening   = cues("it is happening, happening to me, happening now, i have it, i am having it, it hurts now, me esta pasando, lo tengo ahora, me pasa ahora, i have that now, i have it now")
	generalCues = cues(`odds of, likelihood of, rate of, rates of, incidence of, difference between, how do you treat, how do doctors treat, what is a, what is an, what does, definition of, meaning of, mean by, complication, complications, possible to get, worried about getting, afraid of getting, diferencia entre, que significa, complicacion, complicaciones, que es una, que es un, risk of, risks of, the risk, risk for, chance of, chances of, side effect, side effects, can cause, could cause, cause, causes, lead to, what causes, affect, affects, how common, is it common, how often, es comun, es frecuente, que riesgo, hay riesgo, hay riesgos, symptoms of, signs of, what are the signs,
 warning signs, how likely, possibility of, do you treat, do you help, do you see patients, do you handle, trained for, trained to, protocol for, policy on, policy for,
 prevent, prevention, avoid, prevents, is it true that, information about, info on, info about, riesgo de, riesgos de, riesgo, puede causar, puede provocar, causa, causan, provoca, provocar, efectos secundarios, efecto secundario, sintomas de,
 senales de, que tan comun, probabilidad de, atienden, tratan, protocolo, prevenir, evitar, posibilidad de`)
	policyCues = cues(`do you, does your, do your, can you, are your, is your, can botox, can filler, can fillers, can a, can the, does the, does botox, will the, would you, how do you, what happens, what do you do, patients, patient, is there, are there, will there, will i pass, will i bleed, will i have, will i get, will i feel, will i faint, will it, do i take, do i need, how much, how long, how fast, people, someone, somebody, anyone, clients,
 cuanto tiempo, cuanto dura, cuanto tarda, hacen, ustedes, pacientes, paciente, alguien, personas, puede el, puede la, el relleno, el botox, la cirugia, que pasa, queda uno, quedara`)
	// generalStarts begin questions about how things are, whoever asks; mildStarts may also begin a call for help, if the
	// patient is in it.
	generalStarts = cues(`what are the, what is the difference, what does, what do, what is a, what is an, how would i know, how do i know, how can i tell, how do i tell, how do you know, how do you tell, how can you tell, how will i know,
 how common, how often, how likely, how rare, why do some, why do people, is it true, what should i watch, what to watch, what to look, what should i look, what counts, what causes, what happens if, what would happen, what would you do, what do you do, what is your, what are your,
 do you treat, do you see, do you have, do you keep, do you screen, do you accept, do you offer, do you work with, do you carry, do you require, do you handle, does your, is there a, are there any, are there, are your, is your, who do i call if, which hospital,
 can you explain, can you tell me about, tell me about, curious about, could you send, can you send, where can i read, how does, how do people, how are, what percentage,
 cuales son, cual es el riesgo, cual es la diferencia, que es, que significa, que sintomas, como se ve, como se siente, como se distingue, como se, como saber, como sabria, como distingo, como se yo, que tan comun, que tan frecuente, que tan probable, cada cuanto, es cierto, por que algunas, por que algunos, que hacen si, que hacen cuando, que pasa si, que pasaria, que pasa cuando, a que debo, de que me debo, que debo vigilar, hay riesgo, existe riesgo, atienden, aceptan, tienen, cuentan con, piden, llaman, apoyan, trabajan con, manejan, me explican, me puede explicar, me mandan informacion`)
	mildStarts = cues(`is it normal, is it common, is it dangerous, is it possible, is it safe, is it ok, is it bad, can, could, does, do, will, would, should, why, when should, how, are, is, what if, fumar, se puede, se pueden, es normal, es comun, es peligroso, es posible, es seguro, puede, pueden, sirve, ayuda, duele, sangra, da, se sangra, se hincha, se infecta, que tanto, cuanto, y si`)
	notAsking  = wordSet("not be barely hardly")
	isWords    = wordSet("is are es son")
	pointing   = wordSet("it this that these those esto eso esta este")
	leadIns    = wordSet("so and hi hello hey ok okay oh also but just curious question quick um uh y hola oiga oye disculpe perdon pero entonces una pregunta buenas tardes dias noches buenos please por favor")
	selfWords  = wordSet("i me my myself mine we us our he she him her his yo mi mis me nos nuestro nuestra tengo estoy siento traigo")

	aboutSelf = cues(`i have, i am, i feel, i think i, i just, i can not, i keep, i got, i took, i was, my chest, my face, my arm, my throat, my lip, my lips, my skin, my husband, my wife, my son, my daughter,
 my mom, my dad, my mother, my father, my baby, my friend, he is, she is, me duele, tengo, estoy, siento, me siento, no puedo, me tome, mi esposo, mi esposa, mi hijo, mi hija, mi mama, mi papa, se me, me dio, le duele, ahorita, right now`)

	// overVerbs tell of something that was; beforeNow is when, if it stands next to it.
	overVerbs = wordSet("had got suffered survived attempted experienced went fainted lost tried tuve tuvo tenia tuvimos sufri sufrio intente intento sobrevivi paso padeci padecio dio")
	beforeNow = cues(`last week, last month, last year, last spring, last summer, last fall, last winter, when i, when he, when she, once, one time, years, at age, at the age, at fifteen, at sixteen, at 1, in college, in school, back, before, two years, five years, as a,
 la semana pasada, el mes pasado, el ano pasado, una vez, cuando tenia, cuando era, a los, hace anos, hace meses, anos, en la, de nina, de nino`)

	ageAfter   = wordSet("at los")
	clockWords = wordSet("am pm minutes minutos hours horas percent mg degrees grados dias days weeks semanas")

	// inYouth, right after a finding, tells that it was long ago.
	inYouth = cues(`when i was, when he was, when she was, when we were, when they were, as a child, as a kid, as a baby, as a teen, as a teenager, at age, back when, in my teens, in my twenties, in college, in high school, growing up,
 cuando era, cuando tenia, cuando estaba, cuando nacio, de chica, de chico, de nina, de nino, de joven, de adolescente, de bebe, una vez, one time, once when`)

	// thingsNotFelt are what people say they die of, choke on, drown in.
	thingsNotFelt = wordSet(`hugs price prices pricing quote bill bills fee fees cost costs total deposit invoice balance paperwork email emails work deadlines laundry homework debt traffic humidity heat commute meetings spreadsheet wait rent taxes boredom
 precio precios cuenta cotizacion costo costos total deposito factura saldo papeleo correos trabajo tarea deudas trafico humedad calor juntas renta impuestos aburrimiento sustito`)
	leadsToThing = wordSet("in at on over about from when by with under the this that these those your my all of i saw heard looked got found out told me a you en por con al de la el los las su sus tus este esta estos vi ver lei me dijeron dieron cuando")

	questionStarts = wordSet("cuanto cuanta cuantos do does can could is are what how when which who would will should did que como cual cuando puede pueden es son hacen tienen cuales")

	institutions = wordSet(`advocate advocates alert meds medication medications medicine medicines prevention scar scars tattoo tattoos survivor program programs line kit drill drills simulation training therapist attorney lawyer memorial unit clinic center centre ward department nurse nurses doctor specialist survivor survivors team coordinator counselor prevention awareness hotline
 foundation training course class classes certification association fundraiser walk month day charity movie book song band shelter insurance coverage patients victims victim clinicians group support risk risks`)
	storyCues = cues(`a book, book where, my book, the hero, the villain, a celebrity, celebrity, actress, my novel, a novel, in my script, influencer, una famosa, un famoso, famosa, i read, i saw a, i just watched, i watched, watched a, lei que, lei un, vi un, vi una, en la serie, en la novela, en la pelicula, la noticia, mi personaje, true crime, escape room, video game, plays a game, juega a, un videojuego, the song, a song, song says, story about, novel about, character, the news, news about, a headline, a video, video of, videos of, a clip, tiktok, on tv, on netflix, in a show, the show,
 named, name is, last name, surname, spelled, is called, called the, handle is, email is, street is, band, for class, for school, for my class, our class, we learned, lesson, exam on, homework, quiz,
 i teach, i am an, advocate, i am writing, writing about, writing a, rehearsing, acting in, play about, halloween, costume, en las noticias, noticia de, noticias de, vi un video, un video, en tiktok, en la tele,
 me llamo, mi apellido, se llama, soy paramedico, soy paramedica, soy bombero, soy doctor, soy doctora, soy trabajadora social, soy terapeuta, para mi clase, en mi clase, mi clase de, en la escuela nos, disfraz, personaje, obra de teatro, paper about, paper on, essay, report on, article, articles, book about, book on, movie, film, novel, song, series, episode, documentary, podcast, class about, class on, class to, course on, course about, learn about, learning about, studying, research on, thesis,
 fundraiser, awareness, unit, nursing school, brochure, i work, work as, work in, work at, my job, volunteer, trained in, certified, reading about, read about, lecture, seminar, trabajo en, trabajo como, trabajo de, soy psicologa, soy psicologo, soy enfermera, soy enfermero, soy maestra,
 articulo, libro, pelicula, novela, cancion, serie, documental, ensayo, tesis, tarea sobre, curso, clase de, clase sobre, unidad de, campana, caminata, conferencia, linea de, prevencion, leyendo sobre, estudio sobre, investigacion sobre, voluntaria, voluntario`)
)

// stems returns the stems of the words in both languages.
func stems(words string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		out[stemEnglish(w)], out[stemSpanish(w)] = true, true
	}
	return out
}
