package framebuffer.trials.chaos.check;

import framebuffer.trials.chaos.check.FrameLog.FrameHistory;
import framebuffer.trials.chaos.check.FrameLog.State;
import framebuffer.trials.chaos.check.RunConditions.LedgerFigures;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the records of a run with the promises (docs/protocol.md 5.1). */
public final class Checker {
    /** Maximum number of violations kept in full. */
    static final int SHOWN = 20;

    private static final int MAX_ATTEMPTS = 5;

    private final FrameLog log;
    private final RunConditions circumstances;
    private final Map<Violation.ViolationType, Integer> counts = new EnumMap<>(Violation.ViolationType.class);
    private final List<Violation> offences = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int done;
    private int dead;
    private int shed;
    private int forgotten;
    private int again;
    /** Frames that foreign processors completed after a FLUSHALL, which the ledger does not know. */
    private int late;

    private Checker(FrameLog log, RunConditions circumstances) {
        this.log = log;
        this.circumstances = circumstances;
    }

    /** Checks a run after all frames have ended. */
    public static CheckResult check(FrameLog log, RunConditions circumstances) {
        return new Checker(log, circumstances).verdict();
    }

    private CheckResult verdict() {
        for (int frame = 0; frame < log.frames(); frame++) {
            FrameHistory story = log.story(frame);
            count(story);
            Violation.ViolationType kind = offence(story);
            if (kind != null) {
                note(new Violation(kind, story));
            }
        }
        FrameLog.LogCounts tally = log.tally();
        if (tally.strays() > 0) {
            problems.add(tally.strays() + " results, dead letters or shed frames belong to no frame that was sent");
        }
        problems.addAll(circumstances.excesses());
        problems.addAll(circumstances.twins());
        if (circumstances.looks() == 0) {
            problems.add("the outstanding frames in the queues were never counted");
        }
        ledger();
        return new CheckResult(tally, new CheckResult.EndCounts(done, dead, shed, forgotten, again), counts, offences,
                problems);
    }

    private void count(FrameHistory story) {
        done += has(story, FrameEnd.EndType.RESULT) && !isOverruled(story) ? 1 : 0;
        late += story.late() && circumstances.foreign().contains(story.endings().getFirst().by()) ? 1 : 0;
        dead += has(story, FrameEnd.EndType.DEAD) ? 1 : 0;
        shed += has(story, FrameEnd.EndType.SHED) ? 1 : 0;
    }

    /** Whether all its results are late answers of foreign processors, and it has ended otherwise: the ledger counts that end only. */
    private boolean isOverruled(FrameHistory story) {
        return story.endings().stream().anyMatch(ending -> ending.what() != FrameEnd.EndType.RESULT)
                && story.endings().stream().filter(ending -> ending.what() == FrameEnd.EndType.RESULT)
                        .allMatch(ending -> circumstances.foreign().contains(ending.by()));
    }

    private static boolean has(FrameHistory story, FrameEnd.EndType what) {
        return story.endings().stream().anyMatch(ending -> ending.what() == what);
    }

    private void note(Violation offence) {
        FrameHistory story = offence.story();
        boolean endedAgain = offence.kind() == Violation.ViolationType.DOUBLED
                || (offence.kind() == Violation.ViolationType.ENDED_TWICE && isOverruled(story));
        if (endedAgain && story.endings().stream()
                .anyMatch(ending -> circumstances.foreign().contains(ending.by()))) {
            again++;
            return;
        }
        if (offence.kind() == Violation.ViolationType.LOST && story.gone()) {
            forgotten++;
            return;
        }
        if (circumstances.mayBeForgotten(story.toldAt(), story.frame()) || story.endings().stream()
                .anyMatch(ending -> circumstances.mayBeForgotten(ending.millis(), story.frame()))) {
            forgotten++;
            return;
        }
        counts.merge(offence.kind(), 1, Integer::sum);
        if (offences.size() < SHOWN) {
            offences.add(offence);
        }
    }

    private static Violation.@Nullable ViolationType offence(FrameHistory story) {
        List<FrameEnd> endings = story.endings();
        if (endings.isEmpty()) {
            return story.state() == State.TOLD ? Violation.ViolationType.LOST : null;
        }
        if (story.state() == State.REFUSED) {
            return Violation.ViolationType.NEVER_STORED;
        }
        if (endings.size() > 1) {
            boolean results = endings.stream().filter(ending -> ending.what() == FrameEnd.EndType.RESULT).count() > 1;
            return results ? Violation.ViolationType.DOUBLED : Violation.ViolationType.ENDED_TWICE;
        }
        FrameEnd end = endings.getFirst();
        return switch (story.nature()) {
            case EXIT, FAIL, HANG -> isWornOut(end) ? null : Violation.ViolationType.POISON_NOT_DEAD;
            case PLAIN, HASTY -> switch (end.what()) {
                case RESULT -> null;
                case DEAD -> Violation.ViolationType.DEAD_WITHOUT_CAUSE;
                case SHED -> story.nature() == FrameNature.HASTY ? null : Violation.ViolationType.SHED_WITHOUT_CAUSE;
            };
        };
    }

    private static boolean isWornOut(FrameEnd end) {
        return end.what() == FrameEnd.EndType.DEAD && end.by().equals("max_attempts") && end.attempt() == MAX_ATTEMPTS;
    }

    private void ledger() {
        LedgerFigures ledger = circumstances.ledger();
        if (ledger == null) {
            problems.add("no instance answered with the ledger");
            return;
        }
        if (!ledger.balanced()) {
            problems.add("the ledger does not balance: " + ledger);
        }
        if (ledger.inFlight() != 0) {
            problems.add("not all frames ended in time; by the ledger " + ledger.inFlight()
                    + " are in flight");
        }
        if (!circumstances.forgotten().isEmpty()) {
            // Redis has lost results that were seen, so the counts cannot be equal.
            return;
        }
        if (ledger.lost() != 0) {
            problems.add("by the ledger " + ledger.lost() + " frames are lost");
        }
        FrameLog.Emptied before = log.emptied();
        int doneSince = done - before.done() - late;
        int deadSince = dead - before.dead();
        int shedSince = shed - before.shed();
        if (ledger.done() != doneSince || ledger.dead() != deadSince || ledger.shed() != shedSince) {
            problems.add("the ledger says " + ledger.done() + " done, " + ledger.dead() + " dead and " + ledger.shed()
                    + " shed; seen were " + doneSince + ", " + deadSince + " and " + shedSince
                    + (before.times() == 0 ? "" : " since Redis was emptied"));
        }
    }
}
