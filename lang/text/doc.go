// Package text tells what the words of patients mean: emergencies and other triggers, topics, a request for a person,
// a question whether this is a machine, and protected health information. It reads English and Spanish at once, does no
// I/O, and its work grows with the length of the message (at most MaxRunes code points), not with the number of phrases.
//
// A message is normalised once (Normalise) and read by every detector. All spans are bytes of the original text.
//
// # Trigger patterns
//
// A pattern is a phrase of ordinary words with a few signs:
//
//	chest pain                 the words in this order; every word stands for its inflections (pains, bleeding, bled)
//	chest (pain|pressure)      one of several words or phrases
//	[my] chest hurts           what stands in [ ] may be missing; [a|b] too
//	pain ... chest             up to four other words between
//	{chest, pressure}          both, in any order, with up to four other words between; two or three parts
//	tight* ... chest           any word that begins so; at least three letters before the star
//
// Little words (the, my, really; el, mi, muy) may always stand between two words of a pattern, so `chest is tight` also
// meets "chest is really tight". Upper and lower case, accents and apostrophes make no difference. Contractions are
// written out on both sides: `can't breathe` and `can not breathe` are the same pattern. A pattern never reaches over
// the end of a sentence. In messages, words one typing error away from a word of a pattern, words run together, torn
// in two, spelled letter by letter or with digits for letters are met too, where they are no everyday words.
//
// What is found does not count if the patient denies it ("no chest pain"), tells of the past ("had a stroke in 2015"),
// asks in general ("do you call 911 if…"), speaks of a case that might come ("if I ever…"), or names a place, a job or
// a story ("the stroke unit"). Such a scope ends at contrast: "no rash but now wheezing" counts. Somebody else's
// emergency counts. An Except phrase of the trigger that overlaps what was found takes it back. When in doubt it counts.
//
// Findings of triggers in the categories below are judged once more, by a model that reads the words around them (scope.go):
// together with the detector, whose word weighs more, it takes back what they are sure is not meant, such as figures of speech, stories, trades and names. It learnt from findings
// in messages where something was wrong and where nothing was, each also within what people write around what they have to say.
//
// # The detector
//
// What people tell in their own words meets no phrase. A trained detector judges the message as a whole, and each of its
// sentences, by its words, by signs of danger that are the same in both languages (lexicon/sign.txt) and by pairs of them,
// and raises the first trigger of the category and tier it hears: cardiac, stroke, breathing, anaphylaxis, bleeding,
// overdose, unresponsive, suicide, self-harm, burn, pregnancy, sugar, vascular-occlusion, anaesthetic, botulinum, clot,
// haematoma, infection, wound, necrosis, post-procedure, violence, assault, abuse, threat, other. A machine with no trigger
// of the category (or only a routine one) is not alarmed, so the categories of its triggers declare what the detector may
// raise. It can only raise: what phrases found stands. It must be surer where a phrase was met and judged not to count, and
// where it is not clear what the alarm would be about, where no sign of danger is named, and where the message is long. Its weights
// are integers, learnt by go generate from testdata/triggers/work*.tsv, the develop halves of the independent sets, and the ordinary
// messages among those of the sets of topics and those that the standard topics are learnt from.
//
// # Topics
//
// TrainTopics learns from example sentences (not patterns) what speaks for which topic: words, pairs of words, and the
// concepts of lexicon/concept.txt, also paired with words, which let a few examples speak for words that none of them has and for the other
// language. What is not meant is learned from lexicon/background-*.txt. TopicModel.Classify corrects misspelt words and
// abstains where the lead over the background is below a bar that training finds on examples and background kept back.
// A message that is an example word for word is its topic; so is one that is no more than the name of a topic, or a word that
// only one topic of the flow has in its examples. The model is integers only and is stored in the machine.
// On the standard topics a second opinion is blended in: that of the lines they were learned from that are most like the message
// (topicnear.go), which are embedded, not stored in the machine.
//
// What the topics of std/frontdesk teach is learned beforehand and embedded (lexicon/topics.bin, go generate): a flow that has
// them all begins with that. The same model hears, whatever the author wrote, who wants a person (WantsHuman), who asks whether
// this is a machine (AsksIfBot) and who asks what only a clinician may answer (AsksClinical; Classify reports ClinicalTopic).
//
// # Protected health information
//
// DetectPHI finds the identifiers of 45 CFR 164.514(b)(2)(i) and statements about a person's own or a relative's health.
// What carries a check digit or an unmistakable shape is to be masked at once, what only a word nearby suggests is
// flagged for a person; numbers that must never be held (class government-id, secret) are always masked. Statements of
// health are found by frames and terms of both languages, and beyond those by a judge that reads each part of a sentence
// by its words and by kinds of words that both languages share; names by frames, and by a judge of single words and what
// stands around them. The judges only add to what the rules find. Their weights are integers, learnt by go generate from
// testdata/phi (what may be read of it) and, of health, the develop halves of testdata/triggers (lexicon/health.bin,
// lexicon/name.bin).
package text
