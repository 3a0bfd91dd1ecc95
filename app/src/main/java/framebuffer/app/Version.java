package framebuffer.app;

import picocli.CommandLine.IVersionProvider;

/** Which version this is, from the jar. */
final class Version implements IVersionProvider {
    static String current() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[]{"frame-buffer " + current()};
    }
}
