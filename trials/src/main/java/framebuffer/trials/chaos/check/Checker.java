package framebuffer.trials.chaos.check;

import framebuffer.trials.chaos.check.Circumstances.LedgerFigures;
import framebuffer.trials.chaos.check.FrameLog.State;
import framebuffer.trials.chaos.check.FrameLog.Story;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds what was recorded of a run against what is promised (contract §3). */
public final class Checker {
    /** So many offences are kept with all that is known of them. */
    static final int SHOWN = 20;

    private static final int MAX_ATTEMPTS = 5;

    private final FrameLog log;
    private final Circumstances circumstances;
    private final Map<Offence.Kind, Integer> counts = new EnumMap<>(Offence.Kind.class);
    private final List<Offence> offences = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int done;
    private int dead;
    private int shed;
    private int forgotten;
    private int again;
    /** Done by who does not ask, after Redis was emptied: its ledger knows nothing of them. */
    private int late;

    private Checker(FrameLog log, Circumstances circumstances) {
        this.log = log;
        this.circumstances = circumstances;
    }

    /** Judges a run that has come to rest. */
    public static Verdict check(FrameLog log, Circumstances circumstances) {
        return new Checker(log, circumstances).verdict();
    }

    private Verdict verdict() {
        for (int frame = 0; frame < log.frames(); frame++) {
            Story story = log.story(frame);
            count(story);
            Offence.Kind kind = offence(story);
            if (kind != null) {
                note(new Offence(kind, story));
            }
        }
        FrameLog.Tally tally = log.tally();
        if (tally.strays() > 0) {
            problems.add(tally.strays() + " results, dead letters or shed frames are of no frame that was sent");
        }
        problems.addAll(circumstances.excesses());
        if (circumstances.looks() == 0) {
            problems.add("it was never seen how much is outstanding in the queues");
        }
        ledger();
        return new Verdict(tally, new Verdict.Ends(done, dead, shed, forgotten, again), counts, offences, problems);
    }

    private void count(Story story) {
        done += has(story, Ending.What.RESULT) ? 1 : 0;
        late += story.late() && circumstances.foreign().contains(story.endings().getFirst().by()) ? 1 : 0;
        dead += has(story, Ending.What.DEAD) ? 1 : 0;
        shed += has(story, Ending.What.SHED) ? 1 : 0;
    }

    private static boolean has(Story story, Ending.What what) {
        return story.endings().stream().anyMatch(ending -> ending.what() == what);
    }

    private void note(Offence offence) {
        Story story = offence.story();
        if (offence.kind() == Offence.Kind.DOUBLED && story.endings().stream()
                .anyMatch(ending -> circumstances.foreign().contains(ending.by()))) {
            again++;
            return;
        }
        if (offence.kind() == Offence.Kind.LOST && story.gone()) {
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

    private static Offence.@Nullable Kind offence(Story story) {
        List<Ending> endings = story.endings();
        if (endings.isEmpty()) {
            return story.state() == State.TOLD ? Offence.Kind.LOST : null;
        }
        if (story.state() == State.REFUSED) {
            return Offence.Kind.NEVER_STORED;
        }
        if (endings.size() > 1) {
            boolean results = endings.stream().filter(ending -> ending.what() == Ending.What.RESULT).count() > 1;
            return results ? Offence.Kind.DOUBLED : Offence.Kind.ENDED_TWICE;
        }
        Ending end = endings.getFirst();
        return switch (story.nature()) {
            case EXIT, FAIL, HANG -> isWornOut(end) ? null : Offence.Kind.POISON_NOT_DEAD;
            case PLAIN, HASTY -> switch (end.what()) {
                case RESULT -> null;
                case DEAD -> Offence.Kind.DEAD_WITHOUT_CAUSE;
                case SHED -> story.nature() == Nature.HASTY ? null : Offence.Kind.SHED_WITHOUT_CAUSE;
            };
        };
    }

    private static boolean isWornOut(Ending end) {
        return end.what() == Ending.What.DEAD && end.by().equals("max_attempts") && end.attempt() == MAX_ATTEMPTS;
    }

    private void ledger() {
        LedgerFigures ledger = circumstances.ledger();
        if (ledger == null) {
            problems.add("no instance answered what is in the ledger");
            return;
        }
        if (!ledger.balanced()) {
            problems.add("the ledger does not balance: " + ledger);
        }
        if (ledger.inFlight() != 0) {
            problems.add("not all frames came to their end in time; by the ledger " + ledger.inFlight()
                    + " are in flight");
        }
        if (!circumstances.forgotten().isEmpty()) {
            // Redis has forgotten results that were seen: they cannot be the same.
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
