export { EbayAccountDeletion } from './ebay-account-deletion.entity';
export {
  EbayDeletionsApiModule,
  EbayDeletionsModule,
  EbayDeletionsWorkerModule,
} from './ebay-deletions.module';
export { SellerErasures } from './seller-erasures';
