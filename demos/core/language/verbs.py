"""Common English verbs with their forms, for rules that have no parser. The list is ours."""

REGULAR = """
    accept add advise agree allow answer appear apply appreciate arrange arrive ask avoid behave
    believe belong block call cancel care carry change charge check claim clean close collect
    compare complain confirm consider contact contain continue cook cost cover create cry damage
    decide delay delete deliver depend deserve disappoint dislike download earn end enjoy enter
    expect expire explain fail fear finish fix follow force freeze happen hate help hope ignore
    improve include increase inform install invite join jump laugh learn like listen live load look
    lose love matter mention miss move name need notice offer open order owe own pass play please
    prefer prevent promise protect pull push raise reach receive recommend record refund refuse
    remain remember remind remove repair repeat reply report request require reserve respect return
    save schedule seem serve share show sign smile sound start stay stop suffer suggest support
    switch talk taste thank touch track transfer travel treat trust try turn update upgrade use
    visit wait walk want warn waste watch wish wonder work worry
""".split()
IRREGULAR = {
    each.split("/")[0]: each.split("/")[1:]
    for each in """
    become/became/become begin/began/begun book/booked break/broke/broken bring/brought
    build/built buy/bought choose/chose/chosen come/came/come cost/cost drive/drove/driven
    eat/ate/eaten fall/fell/fallen feel/felt find/found fly/flew/flown forget/forgot/forgotten
    freeze/froze/frozen get/got give/gave/given go/went/gone grow/grew/grown hear/heard
    hold/held keep/kept know/knew/known leave/left lose/lost make/made mean/meant meet/met
    pay/paid plan/planned prefer/preferred read/read regret/regretted rise/rose/risen
    run/ran/run say/said see/saw/seen sell/sold send/sent set/set show/showed/shown sit/sat
    sleep/slept speak/spoke/spoken spend/spent stand/stood stop/stopped take/took/taken
    teach/taught tell/told think/thought transfer/transferred understand/understood win/won
    write/wrote/written
    """.split()
}

BASES = {*REGULAR, *IRREGULAR}


def third(verb: str) -> str:
    """With the ending that "she" wants."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "x", "ch", "sh", "o")) else f"{verb}s"


def past(verb: str) -> str:
    if verb in IRREGULAR:
        return IRREGULAR[verb][0]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


THIRDS = {third(each): each for each in BASES}
PASTS = {past(each): each for each in BASES if past(each) != each}
FINITE = {forms[0] for forms in IRREGULAR.values() if len(forms) > 1} | {"said", "won"}
"""Pasts that are no participles, so that a noun before them is their subject."""
PARTICIPLES = {"been", "done", "had", *(forms[-1] for forms in IRREGULAR.values())}


def participle(word: str) -> bool:
    """Whether a word may follow "have" as its participle."""
    return word in PARTICIPLES or word.endswith("ed")
