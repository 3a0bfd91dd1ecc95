package framebuffer.trials.chaos.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All faults of a run, in order. The same seed gives the same plan.
 *
 * <p>
 * About one fault every 3 s, all kinds equally often. A participant has one fault at a time; at least one of several instances and one of
 * several processors has none; Redis gets a pause after an outage. No fault begins at the very start, and all end before the run.
 */
public record FaultPlan(List<Fault> faults) {
    private static final Duration EVERY = Duration.ofSeconds(3);
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final double JITTER = 0.9;
    /** At most a quarter of the run, so that a short run has many faults. */
    private static final int LONGEST_SHARE = 4;
    /** Maximum time from the start of a process until it works. */
    private static final Duration START = Duration.ofSeconds(4);
    private static final Duration BREATH = Duration.ofSeconds(5);
    /** A crashing frame crashes several processors, each of which takes a while to restart. */
    private static final Duration BETWEEN_EXITS = Duration.ofSeconds(20);

    public FaultPlan {
        faults = List.copyOf(faults);
    }

    /**
     * The request.
     *
     * @param duration duration of the run
     * @param kinds allowed kinds; empty: no faults
     */
    public record PlanSetup(long seed, Duration duration, Participants cast, Set<FaultKind> kinds) {
        public PlanSetup {
            kinds = Set.copyOf(kinds);
        }
    }

    /** Computes the plan. */
    public static FaultPlan of(PlanSetup setup) {
        return setup.kinds().isEmpty() ? new FaultPlan(List.of()) : new Planner(setup).plan();
    }

    /** The number of faults of each kind that occurs. */
    public Map<FaultKind, Long> counts() {
        Map<FaultKind, Long> counts = new EnumMap<>(FaultKind.class);
        faults.forEach(fault -> counts.merge(fault.kind(), 1L, Long::sum));
        return counts;
    }

    /** A planning in progress: the faults so far, and when each participant is free. */
    private static final class Planner {
        private final PlanSetup setup;
        private final Random random;
        private final List<Fault> planned = new ArrayList<>();
        private final List<FaultKind> due = new ArrayList<>();
        private final Map<String, Duration> busyUntil = new HashMap<>();
        private final Map<String, Duration> disabledUntil = new HashMap<>();
        private final Duration end;

        Planner(PlanSetup setup) {
            this.setup = setup;
            this.random = new Random(setup.seed());
            this.end = setup.duration().minus(quiet());
        }

        private Duration quiet() {
            Duration share = setup.duration().dividedBy(8);
            return share.compareTo(QUIET) < 0 ? share : QUIET;
        }

        FaultPlan plan() {
            Duration active = end.minus(quiet());
            long slots = Math.max(setup.kinds().size(), active.dividedBy(EVERY));
            Duration slot = active.dividedBy(slots);
            for (long i = 0; i < slots; i++) {
                Duration at = quiet().plus(slot.multipliedBy(i))
                        .plusNanos((long) (slot.toNanos() * JITTER * random.nextDouble()));
                next(Duration.ofMillis(at.toMillis()));
            }
            return new FaultPlan(planned);
        }

        /** The next possible kind; empty: none. */
        private void next(Duration at) {
            if (due.isEmpty()) {
                due.addAll(setup.kinds().stream().sorted().toList());
                Collections.shuffle(due, random);
            }
            for (FaultKind kind : inOrder()) {
                List<String> targets = targets(kind, at);
                if (!targets.isEmpty()) {
                    add(at, kind, targets.get(random.nextInt(targets.size())));
                    due.remove(kind);
                    return;
                }
            }
        }

        /** Faults of the single Redis, which cannot overlap, go first when they are a third of the remaining ones. */
        private List<FaultKind> inOrder() {
            List<FaultKind> order = new ArrayList<>(due);
            long ofRedis = due.stream().filter(kind -> kind.scope() == FaultKind.Scope.REDIS).count();
            if (ofRedis * 3 >= due.size()) {
                order.sort(Comparator.comparing(kind -> kind.scope() != FaultKind.Scope.REDIS));
            }
            return order;
        }

        private List<String> targets(FaultKind kind, Duration at) {
            List<String> all = switch (kind.scope()) {
                case INSTANCE -> setup.cast().allInstances();
                case PROCESSOR -> setup.cast().allProcessors().stream()
                        .filter(one -> kind != FaultKind.PUT_OFF || !setup.cast().isForeign(one)).toList();
                case LINK -> setup.cast().onCluster() ? List.of(Participants.REDIS) : setup.cast().connected();
                case REDIS -> List.of(Participants.REDIS);
                case FRAME -> List.of(kind == FaultKind.POISON_EXIT ? kind.word() : Participants.FRAMES);
            };
            return all.stream().filter(one -> isOver(busyUntil.get(one), at))
                    .filter(one -> !kind.disables() || othersGoOn(one, at)).toList();
        }

        private static boolean isOver(@Nullable Duration until, Duration at) {
            return until == null || until.compareTo(at) <= 0;
        }

        private boolean othersGoOn(String one, Duration at) {
            List<String> peers = setup.cast().allInstances().contains(one)
                    ? setup.cast().allInstances()
                    : setup.cast().allProcessors().contains(one) ? setup.cast().allProcessors() : List.of(one);
            return peers.size() == 1 || peers.stream()
                    .anyMatch(peer -> !peer.equals(one) && isOver(disabledUntil.get(peer), at));
        }

        private void add(Duration at, FaultKind kind, String target) {
            Duration lasts = lasts(at, kind);
            Duration until = at.plus(lasts).plus(kind.restarts() ? START : Duration.ZERO);
            if (kind.disables()) {
                disabledUntil.put(target, until);
            }
            switch (kind.scope()) {
                case REDIS -> busyUntil.put(target, kind.disables()
                        ? until.plus(shorter(BREATH, setup.duration().dividedBy(10)))
                        : until);
                case INSTANCE, PROCESSOR, LINK -> busyUntil.put(target, until);
                case FRAME -> {
                    if (kind == FaultKind.POISON_EXIT) {
                        busyUntil.put(target, at.plus(BETWEEN_EXITS));
                    }
                }
            }
            planned.add(new Fault(at, kind, kind.scope() == FaultKind.Scope.FRAME ? Participants.FRAMES : target, lasts,
                    amount(kind)));
        }

        private Duration lasts(Duration at, FaultKind kind) {
            int spread = kind.longestMillis() - kind.shortestMillis();
            Duration drawn = Duration.ofMillis(kind.shortestMillis() + (spread == 0 ? 0 : random.nextInt(spread + 1)));
            Duration share = setup.duration().dividedBy(LONGEST_SHARE);
            return shorter(drawn, shorter(share, end.minus(at)));
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) <= 0 ? one : other;
        }

        private int amount(FaultKind kind) {
            return switch (kind) {
                case DELAY -> 20 + random.nextInt(181);
                case SLOW_PROCESSOR -> 20 + random.nextInt(81);
                // The partition whose master is affected.
                case KILL_REDIS, SUSPEND_REDIS, CUT ->
                    setup.cast().onCluster() ? random.nextInt(setup.cast().partitions()) : 0;
                case OUT_OF_MEMORY -> 95 + random.nextInt(11);
                case CLOCK_JUMP -> (random.nextBoolean() ? 1 : -1) * (60 + random.nextInt(7_200));
                case DESTROY_GROUP -> random.nextInt(2);
                case KILL_INSTANCE, SUSPEND_INSTANCE, STOP_INSTANCE, TWIN_INSTANCE, KILL_PROCESSOR, SUSPEND_PROCESSOR,
                        STOP_PROCESSOR, PUT_OFF, FLUSH, STALL, POISON_EXIT, POISON_FAIL, POISON_HANG ->
                    0;
            };
        }
    }
}
