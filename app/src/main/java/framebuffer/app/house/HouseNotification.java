package framebuffer.app.house;

import framebuffer.app.config.ConfigFile;
import framebuffer.app.config.ConfigSection;
import framebuffer.app.config.ValueRange;
import framebuffer.app.serve.ServeOptions;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.bridge.notifications.ActivePeriod;
import framebuffer.bridge.notifications.NotificationRule;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.results.NotificationStore;
import framebuffer.redis.results.ResultCursorStore;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.NearestName;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** A rule for notifications in the file of a house. */
final class HouseNotification {
    private static final Logger log = LoggerFactory.getLogger(HouseNotification.class);
    /** Most rules: each reads all results. */
    private static final int MOST = 50;

    @Option(names = {"--id", "--name"}, required = true)
    private String name = "";

    @Option(names = "--cameras", split = "\\s*,\\s*")
    private List<String> cameras = List.of();

    @Option(names = "--capabilities", split = "\\s*,\\s*")
    private List<String> capabilities = List.of();

    @Option(names = "--labels", split = "\\s*,\\s*")
    private List<String> labels = List.of();

    @ValueRange(least = "0", most = "1")
    @Option(names = "--min-score", defaultValue = "0")
    private double minScore;

    @Option(names = "--hours")
    private @Nullable String hours;

    @Option(names = "--time-zone")
    private @Nullable String timeZone;

    @ValueRange(least = "0s", most = "7d")
    @Option(names = "--at-most-every", defaultValue = "10m")
    private Duration atMostEvery = Duration.ofMinutes(10);

    @Option(names = "--webhook")
    private @Nullable SecretAddress webhook;

    @Option(names = "--mqtt-topic")
    private @Nullable String mqttTopic;

    @Option(names = "--picture", defaultValue = "false")
    private boolean picture;

    @Option(names = "--enabled", defaultValue = "true")
    private boolean enabled;

    /**
     * The enabled rules of a file, by name.
     *
     * @throws ConfigFile.ConfigFault names the line and the fault
     */
    static Map<String, NotificationRule> rules(ConfigFile file) {
        Map<String, NotificationRule> rules = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>();
        for (ConfigSection section : file.section("notifications")) {
            HouseNotification entry = section.fill(new HouseNotification(), ConfigSection.NOTHING).options();
            try {
                NotificationRule rule = entry.rule();
                if (!names.add(rule.name())) {
                    throw new IllegalArgumentException("there is another notification " + rule.name());
                }
                if (entry.enabled) {
                    rules.put(rule.name(), rule);
                }
                if (rules.size() > MOST) {
                    throw new IllegalArgumentException("there are more than " + MOST + " notifications");
                }
            } catch (IllegalArgumentException | CannotRun e) {
                throw new ConfigFile.ConfigFault(section.located(String.valueOf(e.getMessage())), e);
            }
        }
        return rules;
    }

    private NotificationRule rule() {
        if (name.length() > 128 || !name.equals(name.strip()) || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of a notification has 1 to 128 printable characters");
        }
        if (webhook == null && mqttTopic == null) {
            throw new IllegalArgumentException("a notification needs a webhook or an mqtt-topic");
        }
        if (mqttTopic != null && !mqttTopic.matches("[^+#\\p{Cntrl}]{1,256}")) {
            throw new IllegalArgumentException("mqtt-topic must have 1 to 256 characters without + and #");
        }
        return new NotificationRule(name,
                new ResultFilter(Set.copyOf(cameras), Set.copyOf(capabilities), Set.copyOf(labels), minScore),
                hours == null ? null : ActivePeriod.parse(hours, zone()), atMostEvery,
                webhook == null ? null : ServeOptions.httpAddress("webhook", webhook), mqttTopic, picture);
    }

    private ZoneId zone() {
        try {
            return timeZone == null ? ZoneId.systemDefault() : ZoneId.of(timeZone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no time zone " + timeZone + NearestName
                    .to(String.valueOf(timeZone), ZoneId.getAvailableZoneIds())
                    .map(near -> "; did you mean " + near + "?")
                    .orElse("; write one such as Europe/Berlin"), e);
        }
    }

    /**
     * Why rules may never match, one line each.
     *
     * @param cameras those of the file
     * @param labels those that detectors of the file find; empty: nobody knows
     */
    static List<String> doubts(Collection<NotificationRule> rules, Set<String> cameras, Set<String> labels) {
        List<String> doubts = new ArrayList<>();
        for (NotificationRule rule : rules) {
            doubt(doubts, rule.name(), "camera", rule.filter().cameras(), cameras);
            if (!labels.isEmpty()) {
                doubt(doubts, rule.name(), "label", rule.filter().labels(), labels);
            }
        }
        return doubts;
    }

    private static void doubt(List<String> doubts, String rule, String kind, Set<String> named, Set<String> known) {
        List<String> unknown = named.stream().filter(name -> !known.contains(name)).sorted().toList();
        String never = unknown.size() == named.size() ? "; it can never match unless others have it" : "";
        unknown.forEach(name -> doubts.add("notification " + rule + " names the " + kind + " " + name
                + ", which nobody in this file has" + never
                + NearestName.to(name, known).map(near -> "; did you mean " + near + "?").orElse("")));
    }

    /** What the rule matches, as cells of a table. */
    static Object[] cells(NotificationRule rule) {
        return new Object[]{rule.name(), all(rule.filter().cameras()), all(rule.filter().labels()),
                rule.filter().minScore(), rule.hours() == null ? "always" : rule.hours(),
                rule.atMostEvery().toSeconds() + " s",
                Stream.of(rule.webhook() == null ? "" : rule.webhook().toString(),
                        rule.mqttTopic() == null ? "" : rule.mqttTopic(), rule.picture() ? "with picture" : "")
                        .filter(part -> !part.isEmpty()).collect(Collectors.joining(", "))};
    }

    private static String all(Set<String> names) {
        return names.isEmpty() ? "all" : String.join(", ", names.stream().sorted().toList());
    }

    /** The rules that have never matched a result in this Redis, one line each; none if it cannot be asked or has no results. */
    static List<String> neverMatched(Collection<NotificationRule> rules, RedisOptions options) {
        if (rules.isEmpty()) {
            return List.of();
        }
        try {
            PartitionLayout layout = options.on(options.givenOrRunning());
            if (FanOut.sum(layout.all(), one -> one.ask(redis -> ResultCursorStore.inspect(redis, one.keys()).added()),
                    Long::sum) == 0) {
                return List.of();
            }
            Partition first = layout.all().getFirst();
            return first.ask(redis -> rules.stream()
                    .filter(rule -> NotificationStore.lastMatched(redis, first.keys(), rule.name()).isEmpty())
                    .map(rule -> "notification " + rule.name() + " has never matched a result").toList());
        } catch (CannotRun | RedisUnavailable | RedisRefused e) {
            log.debug("cannot tell which notifications have matched: {}", e.getMessage());
            return List.of();
        }
    }
}
