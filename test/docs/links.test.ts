import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, textOfPage } from '../support/pages.ts';
import { repository } from '../support/temporary-directory.ts';

const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: repository })];

/** Links of a page to files and headings of this repository; what stands in code is none. */
function linksOf(page: string): string[] {
  const prose = textOfPage(page).replace(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link as string)
    .filter(link => !/^[a-z]+:/.test(link));
}

it('there are pages, and links in them', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
});

it.each(pages)('%s links to what there is', page => {
  const broken = linksOf(page).filter(link => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(repository, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
  });

  expect(broken).toEqual([]);
});

it.each(globSync('*.md', { cwd: join(repository, 'docs/systems') }))(
  'docs/systems/%s is listed in the README',
  page => {
    expect(linksOf('README.md')).toContain(`docs/systems/${page}`);
  },
);
