package framebuffer.orchestrator.pipeline.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.flowcontrol.PressureAssessment;
import framebuffer.wire.control.ServedFrames;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ServedCountsTest {
    private final ServedCounts tally = new ServedCounts(100);

    @Test
    void itCountsOverTheLastTenSecondsAndCamerasOverTheLastMinute() {
        for (int second = 100; second < 160; second++) {
            for (int i = 0; i < 5; i++) {
                tally.served("cam-" + i, second);
            }
        }
        assertThat(tally.served(160)).isEqualTo(new ServedFrames(5, 5));
        assertThat(tally.served(175)).isEqualTo(new ServedFrames(0, 5));
        assertThat(tally.isOver(219)).isFalse();
        assertThat(tally.isOver(220)).isTrue();
    }

    @Test
    void camerasAreBounded() {
        for (int i = 0; i < 2 * ServedCounts.MOST_CAMERAS; i++) {
            tally.served("cam-" + i, 101);
        }
        assertThat(tally.served(102).cameras()).isEqualTo(ServedCounts.MOST_CAMERAS);
    }

    /**
     * A detector completes some frames each second and takes turns among cameras. Two send more than their share, the others never do and
     * have at most two frames waiting: so each gets its share.
     */
    @RepeatedTest(20)
    void camerasThatObeyGetTheirShareBesideThoseThatDoNot(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        int cameras = 3 + random.nextInt(10);
        int done = 1 + random.nextInt(40);
        Map<Integer, Double> owed = new HashMap<>();
        Map<Integer, Integer> waiting = new HashMap<>();
        Map<Integer, Integer> served = new HashMap<>();
        int turn = 0;
        for (int second = 100; second < 700; second++) {
            double share = PressureAssessment.share(tally.served(second));
            for (int camera = 2; camera < cameras; camera++) {
                double sends = owed.merge(camera, Math.min(share, 2 * done), Double::sum);
                waiting.merge(camera, (int) sends, Integer::sum);
                owed.put(camera, sends - (int) sends);
            }
            for (int i = 0; i < done; i++) {
                do {
                    turn = (turn + 1) % cameras;
                } while (turn > 1 && waiting.getOrDefault(turn, 0) == 0);
                waiting.merge(turn, turn > 1 ? -1 : 0, Integer::sum);
                served.merge(turn, 1, Integer::sum);
                tally.served("cam-" + turn, second);
            }
        }
        double fair = 600.0 * done / cameras;
        for (int camera = 2; camera < cameras; camera++) {
            assertThat(served.getOrDefault(camera, 0)).as("of %s, %s cameras", fair, cameras)
                    .isGreaterThan((int) (0.7 * fair));
            assertThat(waiting.get(camera)).isLessThan(20 + 2 * done);
        }
    }
}
