package input

var (
	// choiceFillers may surround the mention of an option.
	choiceFillers = set(`a an the i id ill im my me we it its is be am was would will like want need choose pick select take prefer go
		with for to in on of at and please pls thanks thank you think guess maybe probably about interested looking get have having do
		let lets s one ones that this ok okay yes yeah sure hi hello hey um umm uh mm mmm hm hmm well just some getting tell more info information
		un una el la los las lo de del en por para con yo mi me quiero quisiera necesito gustaria prefiero elijo escojo
		seria es sea favor gracias hola si claro bueno pues interesa interesada interesado sobre eso ese esa este esta al a y hacerme
		hacer ponerme que info informacion`)
	placeWords = set("option number no numero opcion choice # first second the el la one ones last num nro or o")

	announcesPlace = set("option number opcion choice # num nro or")

	choiceNegations = set(`not no dont doesnt isnt arent wont cant cannot didnt never neither nor none except without against contra nope nah nothing
		ni nunca jamas tampoco excepto salvo menos sin ninguno ninguna nada evitar avoid hate skip stop cancel`)
	questionWords = set("? ¿ what how why when where who which much whether cuanto cuanta cuantos como cuando donde quien cual porque")
	experience    = set(`had already last before used ago previously earlier regret ya tuve hice hicieron hizo pasado antes usaba
		friend sister mother husband wife brother daughter son father mom dad amiga amigo hermana hermano madre mama esposo esposa`)
	indifferent = set(`any either whatever whichever anything cualquiera cualquier igual unsure idk dunno know se depends depende
		undecided`)
	statementWords = set("is are was were isnt arent hurts looks feels makes did does es esta estan fue son era duele quedo")
	// What follows a statement that is a wish after all: "mornings are best", "la tarde es mejor".
	wishWords = set(`best better good great fine ok okay perfect ideal easiest easier preferable preferred
		mejor bien buena bueno buenas buenos perfecta perfecto perfectas ideal preferible facil comoda comodo`)
	complaints = set(`hurt hurts hurting pain painful bleeding bleeds blood swollen swelling infected infection fever afraid scared
		fear bad worried worry allergic allergy problem problems wrong complication complications crooked broken emergency urgent
		horrible terrible awful after since following
		duele duelen dolor sangra sangre sangrando hinchado hinchada infectado infectada infeccion fiebre miedo mal mala
		preocupada preocupado alergia alergico problema problemas complicacion emergencia urgente despues rota roto torcida`)
	orSigns      = set("or o u /")
	listSigns    = set("and y e , &")
	beforeDenial = set(", ; and but y pero e")
	dayGreetings = func() phrases[bool] {
		p := phrases[bool]{}
		p.add(true, `good morning, good afternoon, good evening, good night, good day, buenos dias, buenas tardes, buenas noches, buen dia,
			mas tarde, mas noche`)
		return p
	}()
	everyWords = set("both all every ambos ambas todos todas todo everything")
)
