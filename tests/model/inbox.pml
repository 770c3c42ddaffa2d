/* SPDX-License-Identifier: MIT */
/* The durable inbox as a model: two workers, two deliveries, two databases that fail apart. tests/model/check.sh has spin
 * visit every state of it.
 *
 * The inbox's rows exist twice: as every process sees them (`now`) and as a power cut leaves them (`disk`). A store and an
 * operator's replay are synced before they are answered; claims, counts of crashes and the end of work are not: a power
 * cut takes them back. The effects' database is another one. Its transaction holds the mark and the effect together, and
 * is synced.
 *
 * What may happen at any moment, as often as the budgets below allow: a worker dies; the receiver dies; a lease runs out
 * while its worker lives (a slow worker, a clock that jumped); a handler fails; the power of the inbox is cut, with the
 * workers (one machine) or without them (a database server). A dead worker's lease always runs out in the end.
 *
 * What is checked: no generation of a delivery takes effect twice, and none that nobody asked for does; when nothing can
 * happen any more, each delivery that was acknowledged has taken effect, or is parked for a person to see; and there is
 * no cycle, so that every run gets there.
 *
 * Each of these names breaks one rule, and spin must find how it goes wrong:
 *   NO_MARK                 the effect is made without a mark
 *   TWO_TRANSACTIONS        the mark is committed after the effect, by itself
 *   PRUNE_EARLY             a mark is pruned while its work row is there
 *   PRUNE_UNSYNCED          a mark is pruned when its work row is gone, but a power cut could still bring it back
 *   PRUNE_ALL_GENERATIONS   pruning takes the marks of later generations too
 *   NO_SECOND_LOOK          a worker that has inserted the mark does not look again whether the work is still its own
 *   REPLAY_NEW_GENERATION   what was parked is replayed as a new generation
 *   FINISH_UNFENCED         the end of work deletes the row, whoever holds it now
 *   NO_EXPIRY               a dead worker's lease never runs out
 *   NO_BARRIER              after a restart a duplicate is answered without a sync
 *   ANSWER_EARLY            a store is answered before it is synced
 *   SHORT_LEASES            leases run out while their workers live, for ever
 *
 * A mark may go while a try that began before it was made still runs, as after a clock that jumped: the second look finds
 * that out. Without it one would have to wait, by a clock, until no such try can be left.
 */

#ifndef KILLS
#define KILLS 2 /* of a worker or the receiver, in all */
#endif
#ifndef CUTS
#define CUTS 1 /* of the inbox's power */
#endif
#ifndef LATE
#define LATE 1 /* leases that run out although the worker lives */
#endif
#ifndef FAILS
#define FAILS 0 /* of a handler */
#endif
#ifndef REPLAYS
#define REPLAYS 1 /* by the operator */
#endif
#ifndef TRIES
#define TRIES 2 /* of the sender, for delivery 0; delivery 1 comes once */
#endif
#define RUNS 2      /* that died in the handler: then the delivery is parked */
#define NOBODY 2

/* The state of a work row. */
#define GONE 0
#define WAITING 1
#define CLAIMED 2
#define PARKED 3

typedef row {
  bit known;      /* the delivery itself, with its key */
  byte state;     /* of its work */
  bit generation;
  byte holder;
  byte runs;      /* of the handler, of which nothing was heard */
};
row now[2];
row disk[2];

typedef marks { bit gen[2]; };  /* by generation */
marks mark[2];                 /* committed */
marks locked[2];               /* inserted by a transaction that is open: others that insert it wait */

/* What a worker is at. */
#define IDLE 0
#define CLAIMS 1
#define STARTED 2
#define INSERTED 3
#define RUNNING 4
#define EFFECTED 5  /* only where there are two transactions */
#define FINISHING 6
typedef job { byte step; bit delivery; bit generation; };
job works[2];
bit claimed = 0;

byte sent[2];
bit receiving = 0, about = 0, wrote = 0;  /* a request, the delivery that it brings, and whether it made the row */
bit barrier = 1;                          /* one sync has succeeded since the receiver started */
byte kills = KILLS, cuts = CUTS, late = LATE, fails = FAILS, replays = REPLAYS;
bit pruned[2], pruning = 0, prunes = 0, oldest = 0;

/* History, which no process reads. */
bit acknowledged[2];
byte effects[2];
byte wanted[2];
marks done[2];

#define copy_row(to, from, x) \
  to[x].known = from[x].known; to[x].state = from[x].state; to[x].generation = from[x].generation; \
  to[x].holder = from[x].holder; to[x].runs = from[x].runs
#define copy(to, from) copy_row(to, from, 0); copy_row(to, from, 1)
#define differs(x) \
  (now[x].known != disk[x].known || now[x].state != disk[x].state || now[x].generation != disk[x].generation || \
   now[x].holder != disk[x].holder || now[x].runs != disk[x].runs)
#define sync() copy(disk, now)

/* --- The receiver: insert, sync, answer. --- */

inline arrive(d) {
  sent[d]++;
  receiving = 1;
  about = d;
  wrote = !now[d].known;
  if
  :: wrote -> now[d].known = 1; now[d].state = WAITING; now[d].generation = 0; now[d].holder = NOBODY; now[d].runs = 0
  :: else
  fi
}

inline answer() {
#ifndef ANSWER_EARLY
#ifdef NO_BARRIER
  if :: wrote -> sync() :: else fi;
#else
  if :: wrote || !barrier -> sync(); barrier = 1 :: else fi;
#endif
#endif
  acknowledged[about] = 1;
  if :: wanted[about] == 0 -> wanted[about] = 1 :: else fi;
  receiving = 0; wrote = 0
}

/* Delivery 0 comes first, and worker 0 claims first: the other order is the same with the names exchanged. */
active proctype receiver() {
end:
  do
  :: d_step { !receiving && sent[0] < TRIES -> arrive(0) }
  :: d_step { !receiving && sent[1] < 1 && sent[0] > 0 -> arrive(1) }
  :: d_step { receiving -> answer() }
  :: d_step { receiving && kills > 0 -> kills--; receiving = 0; wrote = 0; barrier = 0 }
  od
}

/* --- A worker. Each line is one transaction, or one moment inside the effects' transaction. --- */

#define d works[me].delivery
#define g works[me].generation
#define at works[me].step
#define mine (now[d].state == CLAIMED && now[d].holder == me && now[d].generation == g)

#define may_claim (me == 0 || claimed)

inline claim(x) {
  claimed = 1;
  if
  :: now[x].runs >= RUNS -> now[x].state = PARKED; now[x].holder = NOBODY
  :: else ->
    now[x].state = CLAIMED; now[x].holder = me;
    at = CLAIMS; d = x; g = now[x].generation
  fi
}

inline rest() { at = IDLE; d = 0; g = 0 }

inline unlock() {
  if
  :: at >= INSERTED && at <= RUNNING -> locked[d].gen[g] = 0
  :: else
  fi
}

inline effect() {
  effects[d]++;
  assert(!done[d].gen[g]);  /* no double effect */
  done[d].gen[g] = 1
}

proctype worker(bit me) {
end:
  do
  :: d_step { at == IDLE && now[0].state == WAITING && may_claim -> claim(0) }
  :: d_step { at == IDLE && now[1].state == WAITING && may_claim -> claim(1) }
  :: d_step { at == CLAIMS && mine -> now[d].runs++; at = STARTED }
  :: d_step { at == CLAIMS && !mine -> rest() }
#ifdef NO_MARK
  :: d_step { at == STARTED -> at = RUNNING }
#else
  :: d_step { at == STARTED && mark[d].gen[g] -> at = FINISHING }
  :: d_step { at == STARTED && !mark[d].gen[g] && !locked[d].gen[g] -> locked[d].gen[g] = 1; at = INSERTED }
#endif
#ifdef NO_SECOND_LOOK
  :: d_step { at == INSERTED -> at = RUNNING }
#else
  :: d_step { at == INSERTED && mine -> at = RUNNING }
  :: d_step { at == INSERTED && !mine -> unlock(); rest() }
#endif
#ifdef TWO_TRANSACTIONS
  :: d_step { at == RUNNING -> unlock(); effect(); at = EFFECTED }
  :: d_step { at == EFFECTED -> mark[d].gen[g] = 1; at = FINISHING }
#else
#ifdef NO_MARK
  :: d_step { at == RUNNING -> effect(); at = FINISHING }
#else
  :: d_step { at == RUNNING -> mark[d].gen[g] = 1; unlock(); effect(); at = FINISHING }
#endif
#endif
  :: d_step { at == RUNNING && fails > 0 -> fails--; unlock(); if :: mine -> now[d].state = WAITING; now[d].holder = NOBODY; now[d].runs = 0 :: else fi; rest() }
#ifdef FINISH_UNFENCED
  :: d_step { at == FINISHING -> now[d].state = GONE; now[d].holder = NOBODY; now[d].runs = 0; rest() }
#else
  :: d_step { at == FINISHING -> if :: mine -> now[d].state = GONE; now[d].holder = NOBODY; now[d].runs = 0 :: else fi; rest() }
#endif
  :: d_step { at != IDLE && kills > 0 -> kills--; unlock(); rest() }
  od
#undef d
#undef g
#undef at
}

/* --- What else happens. --- */

#define held_by(x, w) (now[x].holder == w && works[w].step != IDLE && works[w].delivery == x && works[w].generation == now[x].generation)
#define dead(x) (now[x].state == CLAIMED && !held_by(x, 0) && !held_by(x, 1))
#define alive(x) (now[x].state == CLAIMED && (held_by(x, 0) || held_by(x, 1)))

inline expire(x) { now[x].state = WAITING; now[x].holder = NOBODY }

active proctype leases() {
end:
  do
#ifndef NO_EXPIRY
  :: d_step { dead(0) -> expire(0) }
  :: d_step { dead(1) -> expire(1) }
#endif
#ifdef SHORT_LEASES
  :: d_step { alive(0) -> expire(0) }
#endif
  :: d_step { late > 0 && alive(0) -> late--; expire(0) }
  :: d_step { late > 0 && alive(1) -> late--; expire(1) }
  od
}

active proctype power() {
end:
  do
  /* Any later commit that is synced, or a checkpoint, takes along what was not. */
  :: d_step { cuts > 0 && (differs(0) || differs(1)) -> sync() }
  :: d_step { cuts > 0 -> cuts--; copy(now, disk); receiving = 0; wrote = 0; barrier = 0 }
  :: d_step {
       cuts > 0 -> cuts--; copy(now, disk); receiving = 0; wrote = 0; barrier = 0;
       locked[0].gen[0] = 0; locked[0].gen[1] = 0; locked[1].gen[0] = 0; locked[1].gen[1] = 0;
       works[0].step = IDLE; works[0].delivery = 0; works[0].generation = 0;
       works[1].step = IDLE; works[1].delivery = 0; works[1].generation = 0
     }
  od
}

/* What is done is replayed as a new generation: the operator wants a second effect. What is parked has made none, as far as
 * anybody knows: its mark, if there is one, must still count. */
inline replay(x) {
  replays--;
  if
  :: now[x].state == GONE -> now[x].generation = 1; wanted[x]++
  :: else ->
#ifdef REPLAY_NEW_GENERATION
    now[x].generation = 1
#else
    skip
#endif
  fi;
  now[x].state = WAITING; now[x].holder = NOBODY; now[x].runs = 0;
  sync()
}
#define replayable(x) (replays > 0 && acknowledged[x] && now[x].known && now[x].generation == 0 && (now[x].state == GONE || now[x].state == PARKED))

active proctype operator() {
end:
  do
  :: d_step { replayable(0) -> replay(0) }
  :: d_step { replayable(1) -> replay(1) }
  od
}

/* When the sender is done with a delivery its key goes, and then its mark, in the other database. */
#ifdef PRUNE_EARLY
#define settled(x) (now[x].state != WAITING)
#else
#ifdef PRUNE_UNSYNCED
#define settled(x) (now[x].state == GONE)
#else
#define settled(x) (now[x].state == GONE && disk[x].state == GONE)
#endif
#endif
#define prunable(x) (!pruning && !pruned[x] && now[x].known && sent[x] == (x == 0 -> TRIES : 1) && !(receiving && about == x) && settled(x))

inline choose(x) { pruned[x] = 1; pruning = 1; prunes = x; oldest = now[x].generation }

active proctype pruner() {
end:
  do
  :: d_step { prunable(0) -> choose(0) }
  :: d_step { prunable(1) -> choose(1) }
  :: d_step {
       pruning -> pruning = 0;
       mark[prunes].gen[0] = 0;
#ifdef PRUNE_ALL_GENERATIONS
       mark[prunes].gen[1] = 0;
#else
       if :: oldest == 1 -> mark[prunes].gen[1] = 0 :: else fi;
#endif
       prunes = 0; oldest = 0
     }
  od
}

/* Executable when nothing else is. */
#define safe(x) (effects[x] <= (wanted[x] == 0 -> 1 : wanted[x]) && \
                 (!acknowledged[x] || effects[x] == wanted[x] || now[x].state == PARKED))

init {
  d_step {
    now[0].holder = NOBODY; now[1].holder = NOBODY; disk[0].holder = NOBODY; disk[1].holder = NOBODY
  };
  run worker(0);
  run worker(1);
  timeout -> assert(safe(0) && safe(1))  /* no lost work, none stuck, none that nobody asked for */
}
