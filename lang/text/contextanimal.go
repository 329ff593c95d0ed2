package text

// animalMakers are what people say before an animal that hurt them, otherAnimals those that few keep at home or that are named by
// their breed, animalVerbs what may stand between an animal and what
// happens to it.
var (
	animalMakers = wordSet("by from hot por")
	otherAnimals = wordSet(`mare pony foal donkey cow calf goat lamb sheep hen rooster budgie parakeet goldfish turtle tortoise iguana gecko ferret bulldog
 poodle labrador chihuahua dachshund pug yegua potro potrillo burro vaca ternero chivo cabra oveja cordero gallina gallo canario periquito tortuga
 huron caniche cuy perritos gatos perros gatitos`)
	animalVerbs = wordSet("just keeps started got stopped tuvo le dio una un anda sigue ya se")
)

// ofAnimal says whether the finding is told of an animal: "the hamster isn't breathing". What an animal did to somebody is not.
func (c *clause) ofAnimal() bool {
	for i := c.from - 1; i >= max(c.begin, c.from-animalReach); i-- {
		switch w := c.word(i); {
		case c.tokens[i].after != noPause:
			return false
		case animals.has(w) || otherAnimals.has(w):
			return !c.is(i-1, animalMakers)
		case !stateVerbs.has(w) && !inherentNegation.has(w) && !littleWords.has(w) && !animalVerbs.has(w):
			return false
		}
	}
	return false
}

// animalReach is how many words may stand between an animal and what happens to it.
const animalReach = 4
