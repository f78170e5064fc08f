import { admissionFaults } from '../support/policy/admission.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { plainHttpFaults, typesReachableOverPlainHttp } from '../support/policy/plain-http.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

/** Every stack of the app is asked all of this: a new one needs no line here. */
describe.each(['dev', 'prod'] as const)('every stack of %s', stage => {
  const world = synthesizedWorld(stage);

  describe('delivers, for its own sources and nobody else', () => {
    it.each(deliveryEdges(world))('$name', async edge => {
      expect(await edge.faults()).toEqual([]);
    });
  });

  describe('refuses calls without TLS, of everyone', () => {
    it.each(world.ofType(...typesReachableOverPlainHttp))('$path', async resource => {
      expect(await plainHttpFaults(resource, world)).toEqual([]);
    });
  });

  describe('lets nobody in by a resource policy but its own account, and services for a source of it', () => {
    it.each(world.resources.filter(resource => world.resourcePolicyOf(resource)))('$path', async resource => {
      expect(await admissionFaults(resource, world)).toEqual([]);
    });
  });

  describe('gives a role nothing of others, and nothing by pattern', () => {
    it.each(world.ofType('AWS::IAM::Role'))('$path', async role => {
      const reach = Object.keys(await reachOf(role, world));
      expect(reach.filter(path => path.startsWith('another resource like'))).toEqual([]);
    });
  });
});
