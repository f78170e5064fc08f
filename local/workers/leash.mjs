// Loaded into a worker before its program: it ends when whoever started it does, even if that was killed.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
