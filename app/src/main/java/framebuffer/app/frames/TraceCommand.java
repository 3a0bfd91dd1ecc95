package framebuffer.app.frames;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows where a frame is, and every decision about it. */
@Command(name = "trace", header = "Tells where a frame is, and every decision about it.", mixinStandardHelpOptions = true, description = {
        "Shows where a frame is, and every decision about it: when it was captured, how long it waited, which processors were "
                + "considered, which one got it and why, and how that ended.",
        "Exit code 1: the service knows no such frame."})
@Examples("frame-buffer trace door-1 --follow")
public final class TraceCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Set<String> UNDER_WAY = Set.of("waiting", "queued", "processing");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "FRAME_ID", description = "Frame id that the producer chose.")
    private String id = "";

    @FlagOnly
    @Option(names = "--follow", description = "Shows further events until the frame has ended.")
    private boolean follow;

    @FlagOnly
    @Option(names = "--json", description = "Prints the service's response, unchanged.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        String shown = "";
        ServiceClient client = new ServiceClient(service);
        try (StopSignal stop = new StopSignal()) {
            while (true) {
                ServiceAnswer answer = client.find("GET", "/frames/"
                        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"));
                if (!answer.granted() && !follow) {
                    spec.commandLine().getErr().println(Printable.line(answer.detail()));
                    return 1;
                }
                if (answer.granted() && !answer.text().equals(shown)) {
                    shown = answer.text();
                    out.println(json ? Printable.json(shown) : timelines(answer.json()));
                    out.flush();
                }
                if (!follow || (answer.granted() && hasEnded(answer.json())) || stop.await(LOOK)) {
                    return answer.granted() ? 0 : 1;
                }
            }
        }
    }

    private static List<JsonNode> frames(JsonNode answer) {
        return answer.isArray() ? StreamSupport.stream(answer.spliterator(), false).toList() : List.of(answer);
    }

    private static boolean hasEnded(JsonNode answer) {
        return frames(answer).stream().noneMatch(frame -> UNDER_WAY.contains(frame.path("state").asText()));
    }

    private static String timelines(JsonNode answer) {
        return String.join("\n", frames(answer).stream().map(JourneyTimeline::of).toList());
    }
}
