/** Namespace of the metrics that the workers of this system emit. */
export const metricsNamespace = 'ContainerWorkers';
