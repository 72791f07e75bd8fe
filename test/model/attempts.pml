/* SPDX-License-Identifier: Apache-2.0
 *
 * Tries in parallel against one counter: reserve, compare, settle. A transaction of the database is one atomic step;
 * between two steps anything may happen: a crash, a wait over the reservation's time, a lock's end. The counter is the
 * one that a success does not reset. Not modelled: several counters, and times as numbers.
 *
 * OWNERS tries know the secret, GUESSERS don't; CRASHES of them may end anywhere. test/model/run says what is checked.
 * With CHECK_THEN_COUNT the counter is read before the secret is compared and written after it, as one would do without
 * thinking.
 */
#define TRIES (OWNERS + GUESSERS)
#define PERIODS 2 /* before the first lock's end, and after it */

/* The database. */
byte failures; /* of this period */
byte held;     /* reservations neither settled nor over */
bool locked;
bool reserved[TRIES];

/* What happened; nobody decides by it. */
byte period;
byte wrong[PERIODS]; /* wrong secrets compared, by the period that they were admitted in */
byte counted;        /* failures of all periods */
byte opened, crashes, done;
bool late;

inline leave() {
    done++;
    goto end
}

inline may_crash() {
    if
    :: true
    :: crashes < CRASHES -> crashes++; leave()
    fi
}

inline count_failure() {
    failures++;
    counted++;
    if
    :: failures == LIMIT ->
        assert(held == 0); /* no try is on its way when a lock begins */
        locked = true
    :: else
    fi
}

inline compare() {
    if
    :: right
    :: else ->
        wrong[mine]++;
        assert(wrong[mine] <= LIMIT)
    fi
}

inline count() {
    if
    :: right -> opened++
    :: else -> count_failure()
    fi
}

#ifdef CHECK_THEN_COUNT
inline admit() {
    if
    :: locked -> leave()
    :: else -> mine = period
    fi
}

inline settle() {
    count()
}
#else
inline admit() {
    if
    :: locked || failures + held >= LIMIT -> leave() /* "locked", or "busy" */
    :: else ->
        mine = period;
        held++;
        reserved[me] = true
    fi
}

inline settle() {
    if
    :: reserved[me] ->
        reserved[me] = false;
        held--;
        count()
    :: else /* too late: a failure already, whatever the secret was */
    fi
}
#endif

proctype attempt(byte me; bool right) {
    byte mine;
    atomic { admit(); may_crash() }
    atomic { compare(); may_crash() }
    atomic { settle(); leave() }
end:
    skip
}

/* A reservation over its time, of one that crashed or is slow. Where nobody may crash, nobody is slow either. */
inline expire() {
    select(which : 0 .. TRIES - 1);
    if
    :: reserved[which] ->
        reserved[which] = false;
        held--;
        late = true;
        count_failure()
    :: else
    fi;
    which = 0
}

active proctype time() {
    byte which;
    do
    :: atomic { locked && period + 1 < PERIODS -> locked = false; failures = 0; period++ }
    :: atomic { CRASHES > 0 && held > 0 -> expire() }
    :: atomic { done == TRIES && held == 0 -> break }
    od;

    /* Whoever compared a wrong secret is a failure by now, crashed or not. */
    assert(wrong[0] + wrong[1] <= counted);
    assert(locked == (failures >= LIMIT));
#if GUESSERS == 0 && CRASHES == 0
    assert(!locked && failures == 0 && opened >= LIMIT);
#endif
#ifdef EVERYTHING_HAPPENS
    assert(!(period == 1 && locked && opened > 0 && late && crashes > 0 && wrong[0] == LIMIT))
#endif
}

init {
    byte i;
    atomic {
        for (i : 0 .. TRIES - 1) {
            run attempt(i, i < OWNERS)
        }
    }
}
