package framebuffer.app.config;

import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.RedisAddress;
import framebuffer.vision.source.PictureSize;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.time.Duration;
import picocli.CommandLine;

/** The types of options that picocli does not know. */
final class OptionTypes {
    private OptionTypes() {
    }

    /** Adds the types to a command and its subcommands. */
    static void register(CommandLine commands) {
        commands.registerConverter(Duration.class, Durations::parse);
        commands.registerConverter(RedisAddress.class, RedisAddress::parse);
        commands.registerConverter(Secret.class, Secret::new);
        commands.registerConverter(SecretAddress.class, SecretAddress::new);
        commands.registerConverter(PictureSize.class, PictureSize::parse);
        commands.registerConverter(RoutingStrategy.class, RoutingStrategy::named);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
    }
}
