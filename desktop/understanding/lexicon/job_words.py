"""Words that name a job or an area of work, language by language, for `function_words`.

Written without accents where that is a matter of marks only; `plain_word` levels what is left.
"""

ENGLISH = """
manager director head president chief ceo cto cfo coo cio cmo cro cpo ciso chro cso cco vp svp evp avp md gm founder
co-founder cofounder owner co-owner proprietor proprietress partner engineer developer programmer architect buyer
purchaser specialist consultant analyst coordinator co-ordinator administrator assistant secretary officer lead
leader supervisor executive representative rep counsel attorney lawyer solicitor barrister paralegal accountant
controller comptroller planner scientist researcher professor lecturer dean principal headmaster headteacher teacher
provost rector registrar bursar nurse matron surgeon physician doctor pharmacist dentist veterinarian vet therapist
chairman chairwoman chairperson chair treasurer bookkeeper superintendent foreman forewoman technician technologist
operator designer editor journalist reporter producer trader broker associate advisor adviser strategist recruiter
trainer clerk receptionist geologist geophysicist chemist physicist biologist economist statistician actuary auditor
underwriter agent merchandiser scheduler dispatcher inspector estimator surveyor custodian caretaker janitor warden
curator librarian archivist chef baker brewer winemaker farmer grower florist electrician plumber welder machinist
mechanic fitter builder joiner carpenter driver pilot captain commander colonel lieutenant marketer copywriter
photographer translator interpreter evangelist ambassador liaison fellow intern trainee apprentice commissioner
councillor councilor mayor minister deputy governor senator judge magistrate ombudsman steward housekeeper concierge
hostess bartender barista sommelier toolmaker storekeeper storeman quartermaster pastor vicar priest chaplain deacon
bishop abbot imam rabbi cantor organist conductor caterer landlord realtor paramedic midwife optician optometrist
radiographer hygienist physiotherapist psychologist counsellor counselor tutor coach instructor demonstrator rigger
shopkeeper salesman saleswoman salesperson postmaster webmaster sysadmin headhunter publisher booker organiser
organizer facilitator moderator host vorsitzende pa ea mgr dir asst exec execs supt engr admin cxo cdo cao clo cbo
cpto cko cgo rvp dgm agm cgm gmo cmd jmd kam bdm sdr bdr csm rsm nsm tpm undersecretary vice-president vice-chair
co-chair co-director co-ceo co-president archdeacon bailiff beekeeper bricklayer butcher cabinetmaker carer
chancellor cinematographer coroner craftsman crewleader decorator delegate dietitian dietician distiller docent
dressmaker ecologist embryologist endocrinologist enologist oenologist ergonomist essayist examiner expediter
farrier financier firefighter fishmonger freelancer gamekeeper gardener geographer glazier goldsmith groundskeeper
groundsman historian horticulturist hydrologist illustrator immunologist innkeeper instrumentist investigator
jeweller keyholder laborer labourer legislator lifeguard lineman linguist locksmith logistician mathematician
metallurgist meteorologist microbiologist milliner millwright naturalist negotiator neurologist nurseryman
nutritionist oceanographer oncologist owner-operator owner-manager owners pathologist paymaster pediatrician
paediatrician perfusionist pharmacologist philologist phlebotomist plasterer playwright podiatrist policymaker
postdoc practitioner preparator prosecutor proprietors psychiatrist psychotherapist purser radiologist rancher
roaster roofer roustabout scholar sculptor seamstress shipbuilder shipwright signwriter sociologist sonographer
stockbroker stockman stonemason storeperson stylist toxicologist toolpusher trustee trustees typesetter typist
upholsterer urologist verger videographer viticulturist vintner waitress watchmaker wholesaler winegrower woodworker
writer zoologist headmistress schoolmaster brewster brewmaster head-brewer cellarmaster barkeeper bookseller
caseworker dealmaker groundworker helmsman millhand shipmaster stationmaster harbourmaster harbormaster taskmaster
tradesman yardmaster stablemaster handyman draughtsman draftsman draughtsperson craftsperson tradesperson
spokesperson spokesman spokeswoman chairholder officeholder bdo businessowner founders
supv supvr supvsr coord anlst assoc attny treas chmn
churchwarden blacksmith boatbuilder bandleader choirmaster scoutmaster stallholder publican greengrocer almoner
"""
GERMAN = """
gemeindeschreiber gemeindeschreiberin stadtschreiber ratsschreiber
geschaftsfuhrer geschaftsfuhrerin geschaftsfuhrender geschaftsfuhrende geschaftsfuhrung geschaftsleitung gf inhaber
inhaberin prokurist prokuristin vorstand vorstandin vorstandsvorsitzender vorsitzender leiter leiterin leitung
abteilungsleitung bereichsleitung einkaufer einkauferin verkaufer verkauferin sachbearbeiter sachbearbeiterin
sachbearbeitung referent referentin assistent assistentin assistenz ingenieur ingenieurin berater beraterin meister
meisterin disponent disponentin beauftragter beauftragte koordinator koordinatorin entwickler entwicklerin techniker
technikerin kaufmann kauffrau buchhalter buchhalterin sekretar sekretarin sekretariat gesellschafter
gesellschafterin architekt architektin arzt arztin anwalt anwaltin rechtsanwalt rechtsanwaltin notar notarin
steuerberater steuerberaterin direktor direktorin rektor rektorin dekan dekanin schulleiter burgermeister
burgermeisterin geschaftsstellenleiter hausverwalter hausverwalterin verwalter verwalterin hausmeister wirt wirtin
kuchenchef kuchenchefin chef chefin werkstattmeister obmann obfrau kassier kassierin prasident prasidentin pfarrer
pfarrerin spezialist spezialistin fachkraft fachfrau fachmann mitarbeiter mitarbeiterin mitinhaber mitinhaberin
hofladenleitung vertreter vertreterin bauleiter polier monteur monteurin schreiner tischler apotheker apothekerin
winzer winzerin vorsitzende kuratoriumsvorsitzende kuratoriumsvorsitzender schatzmeister schatzmeisterin kassenwart
kassenwartin schriftfuhrer schriftfuhrerin ehrenvorsitzender ehrenprasident vorstandsmitglied aufsichtsrat
aufsichtsratin betriebsrat kammerer kammerin landrat landratin stadtrat stadtratin gemeinderat minister ministerin
amtmann amtfrau beamter beamtin amtsrat oberamtsrat regierungsdirektor regierungsrat baurat richterin staatsanwalt
schulrat schulratin lehrerin lehrkraft erzieher erzieherin professorin doktorand doktorandin dozent dozentin
praktikant praktikantin werkstudent werkstudentin auszubildende auszubildender azubi trainee hausdame rezeptionist
rezeptionistin empfangschef bibliothekar bibliothekarin archivar archivarin redakteur redakteurin chefredakteur
lektor lektorin grafiker grafikerin fotograf fotografin floristin konditorin backerin kochin brauerin landwirt
landwirtin gartnerin forsterin hotelier zimmerer dachdecker malerin klempner installateur installateurin
elektrikerin mechaniker mechanikerin mechatroniker schlosserin schweisser konstrukteur konstrukteurin programmierer
programmiererin statiker statikerin gutachter gutachterin sachverstandiger sachverstandige pruferin revisor
revisorin controllerin analystin makler maklerin lagerist lageristin kommissionierer spediteur speditionskaufmann
fahrer fahrerin logistiker logistikerin zahnarzt zahnarztin tierarzt tierarztin hebamme pfleger pflegerin therapeut
therapeutin psychologe psychologin chemiker chemikerin physiker physikerin biologe biologin informatiker
informatikerin mathematiker okotrophologin betriebswirt betriebswirtin volkswirt fachwirt fachwirtin
steuerfachangestellte steuerfachangestellter angestellte angestellter burokraft teamassistenz chefsekretarin kurator
kuratorin intendant intendantin dramaturg dramaturgin kantorin organistin dirigentin kapellmeister regisseur
regisseurin pastorin abtissin superintendent superintendentin verleger verlegerin autorin ubersetzer ubersetzerin
dolmetscher dolmetscherin moderatorin organisator organisatorin eventmanagerin verantwortlicher verantwortliche
ansprechpartner ansprechpartnerin kontaktperson eigentumer eigentumerin mitgeschaftsfuhrer mitgeschaftsfuhrerin
mitgesellschafter komplementar partnerin grunder grunderin mitgrunder mitgrunderin unternehmer unternehmerin
handelsvertreter handelsvertreterin aussendienst aussendienstmitarbeiter innendienst innendienstmitarbeiter
bevollmachtigter bevollmachtigte handlungsbevollmachtigter generalbevollmachtigter treuhander treuhanderin justiziar
justiziarin syndikus syndikusrechtsanwalt jurist juristin rechtsreferentin wirtschaftsprufer wirtschaftspruferin
bilanzbuchhalter bilanzbuchhalterin lohnbuchhalter lohnbuchhalterin ortsvorsteher feuerwehrkommandant kommandant
wehrfuhrer geschaftsleiter geschaftsleiterin vizeprasident vizeprasidentin vizedirektor vizedirektorin
abteilungsdirektor teamlead
verwaltungsangestellte verwaltungsangestellter ausbilder ausbilderin huttenwirt huttenwirtin tischlermeister
schreinermeister friseurin kinderpfleger heimleitung kitaleitung kasermeister
"""
FRENCH = """
directeur directrice responsable resp gerant gerante president presidente pdg dg daf dsi drh acheteur acheteuse
ingenieur ingenieure assistante technicien technicienne adjoint adjointe secretaire comptable conseiller conseillere
dirigeant dirigeante cheffe charge chargee gestionnaire fondateur fondatrice cofondateur cofondatrice associe
associee delegue deleguee attache attachee commercial commerciale vendeur vendeuse avocat avocate notaire architecte
medecin pharmacien pharmacienne infirmier infirmiere cadre referent referente coordinateur coordinatrice
coordonnateur coordonnatrice animateur animatrice magasinier proprietaire exploitant exploitante restaurateur patron
patronne maire econome intendant intendante preparateur preparatrice redacteur redactrice formateur formatrice
artisan boulanger controleur controleuse juriste greffier viticulteur vigneron vigneronne gouvernante regisseur
technico-commercial technico-commerciale technicocommercial negociateur negociatrice dessinateur dessinatrice
conducteur conductrice contremaitre employe employee aide-comptable aide-soignante proviseur proviseure principale
dgs dga dst raf rssi dpo dircom dirco expert-comptable expert experte kinesitherapeute eleveur eleveuse horticulteur
horticultrice apiculteur agriculteur agricultrice maraicher maraichere traiteur menuisier plombier electricien
electricienne couvreur charpentier paysagiste geometre huissier veterinaire dentiste directeur-adjoint
directrice-adjointe tresorier tresoriere vice-president vice-presidente benevole mandataire syndic receptionniste
standardiste alternant alternante stagiaire apprenti apprentie ouvrier ouvriere developpeur developpeuse programmeur
analyste consultant consultante concepteur conceptrice chercheur chercheuse enseignant enseignante professeur
professeure maitresse instituteur institutrice bibliothecaire documentaliste archiviste journaliste
redacteur-en-chef graphiste photographe traducteur traductrice interprete editeur editrice libraire cuisinier
cuisiniere patissier patissiere fromager fromagere caviste sommelier oenologue brasseur brasseuse hotelier hoteliere
serveur serveuse chauffeur routier affreteur transitaire logisticien logisticienne cariste approvisionneur
approvisionneuse planificateur planificatrice ordonnanceur mecanicien mecanicienne soudeur soudeuse usineur tourneur
fraiseur ajusteur outilleur monteur monteuse chaudronnier qualiticien qualiticienne inspecteur inspectrice auditeur
auditrice superviseur superviseure prevention preventeur preventrice agent agente courtier courtiere assureur
banquier banquiere economiste fiscaliste statisticien sociologue psychologue sage-femme orthophoniste opticien
opticienne prothesiste chirurgien chirurgienne cardiologue radiologue biologiste chimiste physicien hydrologue
ecologue urbaniste adjoint-au-maire prefet sous-prefet depute senateur ministre magistrat procureur commissaire
lieutenant capitaine colonel pasteur cofondateurs associes gerants dirigeants coproprietaire bailleur maitre-chien
moniteur monitrice entraineur entraineuse educateur educatrice puericultrice auxiliaire community-manager
attachee-de-presse assistante-de-direction
"""
SOUTH = """
responsabile responsavel
gerente director directora jefe jefa responsable encargado encargada coordinador coordinadora ingeniero ingeniera
tecnico tecnica comprador compradora asistente secretario secretaria presidente presidenta socio socia fundador
fundadora administrador administradora propietario propietaria abogado abogada consultor consultora asesor asesora
contador contadora contable subdirector subdirectora supervisora vendedor vendedora representante delegado delegada
medico medica enfermero enfermera farmaceutico farmaceutica arquitecto arquitecta analista especialista consejero
consejera auxiliar dueno duena profesor profesora decano decana gestor gestora apoderado apoderada comercial
direttore direttrice amministratore amministratrice titolare impiegato impiegata ingegnere acquirente addetto
addetta consulente ragioniere ragioniera geometra avvocato commercialista capo capoufficio segretario segretaria
fondatore fondatrice dirigente coordinatore coordinatrice venditore venditrice primario docente preside sindaco
buyer diretor diretora chefe encarregado encarregada coordenador coordenadora engenheiro engenheira assistente
proprietario proprietaria advogado advogada assessor supervisor sócia socio-gerente chefia vicepresidente
vicepresidenta subgerente subjefe subjefa tesorero tesorera contralor contralora ejecutivo ejecutiva administrativo
administrativa agente capataz maestro maestra obrero operario operaria mecanico mecanica electricista fontanero
albanil aparejador aparejadora notario notaria procurador procuradora cirujano cirujana veterinario veterinaria
odontologo odontologa quimico quimica biologo biologa enologo cocinero cocinera catedratico catedratica alcalde
alcaldesa concejal concejala intendente regidor regidora becario becaria pasante practicante almacenista almacenero
planificador planificadora programador programadora desarrollador desarrolladora disenador disenadora auditor
auditora inspector inspectora perito perita colaborador colaboradora operador recepcionista conductor conductora
chofer transportista despachador despachadora cobrador cobradora cajero cajera promotor editor redactor redactora
periodista fotografo fotografa traductor traductora investigador investigadora cientifico cientifica economista
actuario actuaria psicologo psicologa terapeuta fisioterapeuta ganadero ganadera agricultor agricultora agronomo
agronoma tecnologo propietarios rector rectora secretario-general cofundador cofundadora emprendedor emprendedora
empresario empresaria jefatura gerencia-general mayordomo gobernanta copropietario copropietaria funcionario
funcionaria superintendente comisario comisaria amministratori legale-rappresentante rappresentante capocantiere
caporeparto caposquadra capoarea capoprogetto caposervizio capogruppo funzionario funzionaria referente
collaboratore collaboratrice cuoco cuoca notaio farmacista infermiere infermiera progettista architetto disegnatore
disegnatrice magazziniere autista tirocinante stagista titolari vicepresidentessa presidentessa tesoriere tesoriera
assessore assessora rettore rettrice rspp rup operaio operaia elettricista meccanico idraulico falegname fabbro
saldatore contabile cassiere cassiera centralinista ricercatore ricercatrice professore professoressa insegnante
traduttore traduttrice giornalista redattore redattrice consigliere consigliera procuratore procuratrice liquidatore
curatore curatrice governante responsabile-acquisti albergatore albergatrice ristoratore ristoratrice allevatore
allevatrice agricoltore agricoltrice viticoltore vignaiolo produttore produttrice imprenditore imprenditrice
revisore ispettore ispettrice sovrintendente soprintendente vicedirettore vicedirettrice condirettore cofondatore
cofondatrice dg vice-presidente coproprietario assistenta contabilista tesoureiro tesoureira secretario-geral
enfermeiro enfermeira arquiteto arquiteta reitor reitora prefeito prefeita vereador vereadora motorista estagiario
estagiaria executivo executiva desenvolvedor desenvolvedora projetista desenhista eletricista encanador pedreiro
orcamentista almoxarife torneiro soldador faturista zelador zeladora sindica síndico socio-administrador
socia-gerente vice-diretor vice-diretora subdiretor diretor-geral diretora-geral conselheiro conselheira pesquisador
pesquisadora cientista tradutor tradutora jornalista redator redatora despachante escrivao tabeliao
titular conservador conservadora conservatore conservatrice restaurador restauradora
"""
NORTH = """
formand
directeur-eigenaar eigenaar eigenaresse bestuurder inkoper verkoper hoofd adviseur medewerker medewerkster beheerder
beheerster secretaresse secretaris zaakvoerder zaakvoerster leidinggevende teamleider projectleider bedrijfsleider
boekhouder penningmeester voorzitter vertegenwoordiger planner werkvoorbereider technicus ondernemer oprichter
oprichtster afdelingshoofd huisarts apotheker coordinator vennoot jurist accountmanager verkstallande vd chef
inkopare saljare ansvarig ordforande agare grundare handlaggare ingenjor konsult ekonomiansvarig direktor daglig
leder innkjoper selger eier grunnlegger radgiver konsulent saksbehandler avdelingsleder direktorka indehaver medejer
salgschef indkober toimitusjohtaja johtaja paallikko asiantuntija ostaja myyja omistaja yrittaja suunnittelija
vastaava koordinaattori eigenaren vennoten directieleden directielid directeuren mede-eigenaar medeeigenaar
mededirecteur algemeen-directeur bedrijfsvoerder bedrijfsjurist afdelingsleider vestigingsleider vestigingsmanager
filiaalmanager filiaalleider ploegleider voorman uitvoerder calculator tekenaar constructeur monteur magazijnmeester
magazijnmedewerker chauffeur slager loodgieter elektricien installateur tuinder kweker veehouder dierenarts tandarts
verpleegkundige apothekersassistente fysiotherapeut psycholoog onderwijzer leraar lerares docent hoogleraar rector
conrector wethouder burgemeester gemeentesecretaris griffier ambtenaar beleidsmedewerker beleidsadviseur notaris
advocaat advocate accountant belastingadviseur makelaar taxateur ontwikkelaar programmeur ontwerper ontwerpster
onderzoeker wetenschapper analist specialiste consulente redacteur journalist fotograaf vertaler tolk hoofdredacteur
receptioniste telefoniste assistente stagiair stagiaire leerling penningmeesteres bestuurslid bestuursvoorzitter
commissaris procuratiehouder gevolmachtigde relatiebeheerder relatiemanager inkoopmanager verkoopmanager ondernemers
oprichters zaakvoerders kwaliteitsmanager delagare verksamhetschef enhetschef samordnare ekonom redovisningsekonom
sekreterare kassor larare lakare sjukskoterska tekniker montor elektriker snickare mastare forman arbetsledare
platschef radgivare utvecklare arkitekt advokat forestandare forvaltare vaktmastare bagare lantbrukare butikschef
projektledare gruppledare teamledare produktionsledare byggledare styrelseordforande styrelseledamot konstruktor
kvalitetsansvarig inkopsansvarig ejer bestyrelsesformand kasserer sekretar medarbejder sagsbehandler bogholder
okonom saelger indkobschef vaerkforer projektleder udvikler laege dyrlaege laerer forstander borgmester grundlaegger
fuldmaegtig specialkonsulent chefkonsulent afdelingschef driftsleder produktionschef okonomichef regnskabschef
landmand tomrer forvalter styreleder styremedlem avdelingsleiar innkjopssjef regnskapsforer okonomisjef driftssjef
byggeleder prosjektleder prosjektleiar medarbeider sivilingenior lege ordforer kommunedirektor grunder
seniorradgiver fagansvarlig anleggsleder formann verkstedleder butikksjef insinoori sihteeri avustaja assistentti
neuvoja konsultti kirjanpitaja hoitaja esimies mestari tyonjohtaja puheenjohtaja varapuheenjohtaja rehtori opettaja
laakari juristi asianajaja kehittaja analyytikko emanta isannoitsija perustaja varatoimitusjohtaja aluejohtaja
kehityspaallikko myyntipaallikko hankintapaallikko ostopaallikko tuotantopaallikko projektipaallikko talouspaallikko
tehtaanjohtaja framkvaemdastjori forstjori deildarstjori verkefnastjori eigandi
innehaver innehavare intendent
"""
EAST = """
prezes wiceprezes dyrektor kierownik kierowniczka specjalista specjalistka ksiegowa ksiegowy handlowiec wlasciciel
wlascicielka zastepca czlonek pelnomocnik asystent asystentka inzynier konsultant konsultantka doradca prokurent
koordynator koordynatorka sekretarka przedstawiciel mistrz zaopatrzeniowiec lekarz mudur muduru mudurlugu uzman
uzmani yonetici yoneticisi sorumlu sorumlusu sefi sef direktoru baskan baskani kurucu kurucusu ortak ortagi sahibi
danisman danismani muhendis muhendisi asistan asistani sekreter temsilci temsilcisi satinalmaci elemani koordinatoru
yardimcisi reditel reditelka jednatel jednatelka vedouci nakupci obchodnik ucetni majitel majitelka manazer
manazerka specialista ugyvezeto igazgato vezeto munkatars beszerzo tulajdonos menedzser zarzadca zarzadczyni
zarzadzajacy wspolwlasciciel wspolwlascicielka wspolnik wspolniczka analityk analityczka inspektor inspektorka
technik brygadzista majster operator magazynier kupiec kupczyni opiekun opiekunka referent referentka sekretarz
menedzer menadzer manedzer menadzerka lider liderka audytor audytorka radca adwokat notariusz weterynarz farmaceuta
farmaceutka aptekarz nauczyciel nauczycielka profesor rektor dziekan burmistrz wojt starosta radny radna soltys
projektant projektantka architekt programista programistka konserwator serwisant kierowca spedytor logistyk
dyspozytor planista technolog kontroler likwidator rzecznik administratorka zastepczyni przewodniczacy
przewodniczaca skarbnik dyrektorka prezeska kosztorysant rzeczoznawca pracownik pracowniczka rolnik piekarz kucharz
szef szefowa genel-mudur amiri amir usta ustasi ustabasi muhasebeci avukat mimar tekniker teknisyen teknisyeni
operatoru eleman memur memuru uyesi analist analisti planlamaci planlama-uzmani sekreteri ogretmen profesoru kaptan
soforu sahip isletmecisi isveren patron mudiresi eczaci veteriner ziraatci gelistirici yazilimci tasarimci denetci
denetcisi mufettis genel-sekreter vekili predseda predsedkyne mistopredseda namestek zastupce zastupkyne asistent
asistentka ekonom ekonomka mistr konstrukter inzenyr koordinator spravce starostka lekar pravnik advokat konatel
konatelka riaditel riaditelka veduci veduca zastupca zastupkyna uctovnik uctovnicka predsednicka nakupcia
obchodnicka ucitel ucitelka vezerigazgato osztalyvezeto csoportvezeto ugyintezo asszisztens mernok fomernok
tanacsado szakerto fokonyvelo konyvelo ertekesito kepviselo elnok titkar titkarno referens muvezeto technikus ugyved
orvos tanar polgarmester uzemelteto raktaros uzletkoto uzemvezeto gyarvezeto projektvezeto administrator asociat
inginer contabil responsabil coordonator consilier reprezentant economist avocat medic presedinte vicepresedinte
secretar proprietar fondator tehnician achizitor gestionar inspector directorul managerul directoare inginera vodja
direktorica skrbnik racunovodja predstojnik svetovalec voditelj voditeljica ravnatelj upravitelj savjetnik inzenjer
vlasnik vlasnica pomocnik zamenik zamjenik predsednik predsjednik sluzbenik nabavljac komercijalist vadovas vadove
direktore vadybininkas vadybininke inzinierius buhalteris savininkas vaditajs gramatvedis ipasnieks juhataja
spetsialist raamatupidaja omanik assistent nounik директор директорка директриса менеджер инженер начальник
начальница руководитель руководительница бухгалтер специалист заместитель заместительница зам управляющий
управляющая заведующий заведующая секретарь консультант координатор администратор юрист адвокат аналитик экономист
технолог мастер врач агроном председатель президент владелец собственник учредитель основатель партнер представитель
закупщик снабженец логист маркетолог разработчик программист архитектор ассистент помощник помощница референт
менеджерка керівник керівниця заступник заступниця бухгалтерка фахівець власник власниця засновник завідувач
завідувачка головний голова управител собственик счетоводител ръководител началник търговски διευθυντης διευθυντρια
υπευθυνος υπευθυνη προισταμενος προισταμενη μηχανικος λογιστης λογιστρια πωλητης πωλητρια προεδρος συμβουλος
ιδιοκτητης ιδιοκτητρια γραμματεας αντιπροεδρος τεχνικος στελεχος συντονιστης συντονιστρια δικηγορος ιατρος
διαχειριστης εκπροσωπος αναλυτης
"""
AREAS = """
mro
sales marketing care operations ops legal finance hr people purchasing procurement sourcing support treasury
accounting accounts trading logistics engineering research customer client service services communications relations
development administration maintenance facilities quality compliance risk security infrastructure technology it
production manufacturing warehouse shipping transport fleet planning strategy analytics data product design media
press estates credit debt equity capital settlements confirmations markets management transaction billing payroll
insurance education learning training reception housekeeping catering kitchen safety regulatory legislative
government public corporate affairs policy tax audit governance innovation einkauf vertrieb buchhaltung personal
technik verwaltung werkstatt produktion fertigung qualitat instandhaltung beschaffung materialwirtschaft
kundendienst empfang versand lager entwicklung forschung betrieb achats ventes comptabilite rh ressources humaines
exploitation qualite logistique approvisionnement travaux informatique communication juridique administratif
technique compras ventas contabilidad rrhh recursos humanos calidad mantenimiento produccion logistica sistemas
ingenieria almacen administracion biomedica acquisti vendite amministrazione contabilita manutenzione produzione
qualita vendas financeiro qualidade manutencao producao inkoop verkoop boekhouding administratie huisvesting
vastgoed facilitair logistiek kwaliteit inkop forsaljning ekonomi salg innkjop indkob regnskab okonomi osto myynti
talous zakupy zakupow sprzedaz sprzedazy ksiegowosc logistyka produkcja jakosc dzial satin alma satis muhasebe
uretim kalite lojistik finans insan kaynaklari pazarlama ihracat ithalat merchandising tenders bidding estimating
ecommerce e-commerce partnerships alliances brand events ehs hse esg hseq qhse sustainability projects success
experience inventory supply plant facility benefits compensation recruiting recruitment talent contracts claims
underwriting loans mortgages pricing forecasting scheduling dispatch receiving archives admissions alumni
advancement fundraising utilities melting packaging assembly machining welding tooling aftersales after-sales
presales pre-sales channel programs programmes portfolio sector outreach membership bids bid crm erp bi ict qa qc
r&d npd ndt p&l csr pr hrbp category buying grounds workshop volunteer volunteers student students academic
undergraduate postgraduate clinical nursing patient patients controlling disposition kalkulation ausschreibung
ausschreibungen konstruktion montage fuhrpark rechnungswesen finanzen finanzbuchhaltung personalwesen
personalabteilung qualitatsmanagement qualitatssicherung arbeitssicherheit marketingabteilung objekt immobilien
liegenschaften hochbau tiefbau bauamt recht steuern steuer revision innenrevision digitalisierung edv
anwendungstechnik produktmanagement projektmanagement projekte export import auftragsabwicklung wareneingang
warenausgang arbeitsvorbereitung instandsetzung haustechnik gebaudemanagement ausbildung weiterbildung
rechnungsprufung kreditoren debitoren mahnwesen forderungsmanagement kundenbetreuung mandantenbetreuung clients
fournisseurs commercial commerciale marche marches publics comptes securite environnement methodes industriel
industrielle industrialisation paie recouvrement tresorerie formation batiment patrimoine voirie espaces verts
equipements sportifs numerique digital etudes developpement projets programmation exportations importations secteur
zona nord sud ouest cobros pagos tesoreria credito creditos proyectos obras obra planta operaciones atencion cliente
clientes finanzas juridico seguridad higiene ambiente comercio exterior exportacion importacion suministros
abastecimiento adquisiciones licitaciones contrataciones mercadeo mercadotecnia planeacion planificacion facturacion
norte oeste centro levante compra venta bodega despacho cadena nacional comercial contratos ufficio tecnico clienti
fornitori gare appalti sicurezza crediti risorse umane cantiere progetti stabilimento estero paghe legale
fatturazione generale suprimentos pessoal gente projetos exportacao importacao faturamento fiscal tesouraria
seguranca operacoes planejamento industrial geral inkoopafdeling techniek verkoopbinnendienst binnendienst
buitendienst debiteuren crediteuren personeel projecten veiligheid milieu klantenservice salarisadministratie
onderhoud magazijn expeditie kundtjanst kundservice drift underhall upphandling fastighet projekt eksport
kundeservice vedlikehold anskaffelser prosjekt eiendom markkinointi tuotanto hankinta logistiikka laatu kunnossapito
projektit henkilosto administracji administracja finansow finanse ksiegowosci produkcji jakosci logistyki marketingu
nieruchomosci eksportu importu utrzymania ruchu techniczny handlowy finansowy generalny zarzadu zarzad obslugi
klienta inwestycji zaopatrzenia kadr projektow satinalma bakim planlama teknik idari isler mali proje projeler
ticaret tedarik zinciri musteri hizmetleri bilgi islem kurumsal depo sevkiyat idare yonetim kurulu nakup obchod
vyroba kvalita ekonomika udrzba provoz logistika beszerzes ertekesites penzugy termeles minoseg karbantartas
logisztika muszaki kereskedelmi achizitii vanzari financiar productie calitate intretinere tehnic
event
"""
