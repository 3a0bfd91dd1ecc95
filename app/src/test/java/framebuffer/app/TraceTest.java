package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code trace} makes of the answers that the contract names. */
class TraceTest {
    private static final String FRAME = """
            {"frame_id": "yard-17", "camera_id": "yard", "state": "done", "processor_id": "face-2", "attempt": 2,
             "capture_id": "1763899200000-0",
             "events": [
              {"at": "2026-11-23T12:00:00.000000Z", "what": "captured"},
              {"at": "2026-11-23T12:00:00.004200Z", "what": "handed_off", "instance": "box-8002",
               "processor_id": "face-1", "capability": "face_detection", "attempt": 1, "took_ms": 3.1,
               "detail": "chosen among those that offer it and have room", "candidates": [
                {"processor_id": "face-1", "outstanding": 1, "capacity": 4, "utilization": 0.25, "eligible": true,
                 "reason": "chosen: has room for 3"},
                {"processor_id": "face-2", "outstanding": 4, "capacity": 4, "utilization": 1.0, "eligible": false,
                 "reason": "is full"}]},
              {"at": "2026-11-23T12:00:00.104000Z", "what": "returned", "processor_id": "face-1",
               "capability": "face_detection", "attempt": 2, "reason": "failed", "detail": "out of memory"},
              {"at": "2026-11-23T12:00:00.109000Z", "what": "handed_off", "instance": "box-8002",
               "processor_id": "face-2", "capability": "face_detection", "attempt": 2, "took_ms": 0.6,
               "reason": "returned", "detail": "its processor had given it back"},
              {"at": "2026-11-23T12:00:00.151000Z", "what": "done", "processor_id": "face-2",
               "capability": "face_detection", "attempt": 2, "reason": "success", "took_ms": 40.2}],
             "parts": [{"capability": "face_detection", "state": "done", "processor_id": "face-2", "attempt": 2}]}""";

    @Test
    void theWayOfAFrameIsALineForEachThingThatHappened() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, FRAME)) {
            String said = service.asked("trace yard/17").isFine().out();
            assertThat(service.asked).isEqualTo("GET /frames/yard%2F17");
            assertThat(Files.readString(Path.of("../docs/journey.md"))).as("the example in the docs")
                    .contains(said.strip());
        }
    }

    @Test
    void whatIsOverIsNotFollowed() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, FRAME)) {
            assertThat(service.asked("trace yard-17 --follow").isFine().out())
                    .startsWith("yard-17 of camera yard is done");
        }
    }

    @Test
    void asJsonTheAnswerIsUnchanged() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, FRAME)) {
            assertThat(service.asked("trace yard-17 --json").isFine().out().strip()).isEqualTo(FRAME);
        }
    }

    @Test
    void ofOneThatIsNotKnownThatIsSaidAndTheExitCodeIs1() throws IOException {
        try (AnsweringServer service = new AnsweringServer(404, "{\"detail\": \"Frame not found\"}")) {
            Said said = service.asked("trace nobody");
            assertThat(said.code()).isOne();
            assertThat(said.err()).isEqualToIgnoringNewLines("Frame not found");
        }
    }

    @Test
    void twoFramesOfOneNameAreShownOneAfterTheOtherAndNoNameMovesTheCursor() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200,
                "[" + FRAME + ", " + FRAME.replace("\"yard\"", "\"\\u001b[2J\"") + "]")) {
            assertThat(service.asked("trace yard-17").isFine().out()).contains("of camera yard is",
                    "of camera ?[2J is");
        }
    }
}
